/** What is inside a pack beside its tiles: features, forms and plans, read when asked for. */
import { assessment } from "../api/assessment";
import {
  boolean,
  fallback,
  label,
  list,
  number,
  optional,
  type Read,
  type Reader,
  shape,
  text,
  WireError,
} from "../api/read";
import { feature, incident, type Layer, type WireFeature } from "../api/wire";
import { PackError } from "./fault";
import type { Pack } from "./reader";

/** A part that is unpacked in memory is no larger than this; a bomb is a few kilobytes packed. */
const UNPACKED_BYTES = 128 * 2 ** 20;

/** Read a part of JSON, packed or not, through a reader; null where the pack has no such part. */
export async function readPart<T>(
  { parts }: Pack,
  name: string,
  reader: Reader<T>,
): Promise<T | null> {
  const blob = parts.get(name);
  if (!blob) return null;
  const bytes = name.endsWith(".gz") ? await unpack(blob, name) : await blob.arrayBuffer();
  try {
    return reader(JSON.parse(new TextDecoder().decode(bytes)) as unknown, name);
  } catch (cause) {
    if (!(cause instanceof SyntaxError) && !(cause instanceof WireError)) throw cause;
    throw new PackError("part_invalid", { name });
  }
}

async function unpack(blob: Blob, name: string): Promise<ArrayBuffer> {
  if (blob.size > UNPACKED_BYTES) throw new PackError("too_large", { name });
  // Read first: what fails from here on is the packing, and not the device.
  const held = new Blob([await blob.arrayBuffer()]);
  const reader = held.stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read().catch((): never => {
      throw new PackError("part_invalid", { name });
    });
    if (done) break;
    size += value.length;
    if (size > UNPACKED_BYTES) {
      await reader.cancel();
      throw new PackError("too_large", { name });
    }
    pieces.push(value as Uint8Array<ArrayBuffer>);
  }
  return new Blob(pieces).arrayBuffer();
}

const collection = shape({ features: list(feature) });

/** The features of one layer with all their fields. */
export async function readFeatures(pack: Pack, name: string): Promise<WireFeature[]> {
  return (await readPart(pack, `features/${name}.json.gz`, collection))?.features ?? [];
}

const plans = shape({
  as_of: optional(text),
  incidents: list((value, path) => ({
    incident: incident(value, path),
    ...shape({ plan: optional(assessment) })(value, path),
  })),
});
export type PlansOnRecord = Read<typeof plans>;

/**
 * The incidents that were open when the pack was made, each with its newest plan.
 *
 * Without a moment (`as_of`) the pack holds none: nothing is known of incidents then.
 */
export async function readPlans(pack: Pack): Promise<PlansOnRecord> {
  const nothing = { as_of: null, incidents: [] };
  return (await readPart(pack, "plans/incidents.json.gz", plans)) ?? nothing;
}

const titled = { title: optional(text), title_en: optional(text) };
const formField = shape({
  name: text,
  ...titled,
  type: fallback(text, "text"),
  unit: optional(text),
  required: fallback(boolean, false),
  minimum: optional(number),
  maximum: optional(number),
  domain: optional(list(shape({ value: label, ...titled }))),
});
const form = shape({ name: text, ...titled, fields: fallback(list(formField), []) });
export type Form = Read<typeof form>;

/** What a form asks of each layer: fields, types, rules, values. */
export async function readForms(pack: Pack): Promise<Form[]> {
  return (await readPart(pack, "forms.json", shape({ layers: list(form) })))?.layers ?? [];
}

const own = (language: string, one: { title: string | null; title_en: string | null }) =>
  language === "en" ? (one.title_en ?? one.title) : (one.title ?? one.title_en);

/** The layers of a pack as the server's catalogue would give them, in one language. */
export function layersOf({ manifest }: Pack, forms: readonly Form[], language: string): Layer[] {
  return manifest.layers.map((held) => ({
    name: held.name,
    title: own(language, held),
    geometry: held.geometry,
    count: held.count,
    revision: manifest.revision ?? 0,
    group: held.group,
    fields: (forms.find(({ name }) => name === held.name)?.fields ?? []).map((field) => ({
      ...field,
      title: own(language, field),
      domain:
        field.domain?.map(({ value, ...said }) => ({ value, title: own(language, said) })) ?? null,
    })),
    user: held.name.startsWith("u_"),
    can_edit: false,
    owner: null,
    access: null,
    style: held.style,
    version: null,
  }));
}
