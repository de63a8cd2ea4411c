/** What is inside a pack beside its tiles: features, forms and plans, read when asked for. */
import { type Assessment, assessment } from "../api/assessment";
import { fallback, list, optional, type Reader, shape, WireError } from "../api/read";
import { feature, type Incident, incident, type Layer, layer, type WireFeature } from "../api/wire";
import { PackError } from "./fault";
import type { Pack } from "./reader";

/** A part that is unpacked in memory is no larger than this; a bomb is a few kilobytes packed. */
const UNPACKED_BYTES = 128 * 2 ** 20;

export interface PlanOnRecord {
  incident: Incident;
  assessment: Assessment | null;
}

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
  incidents: list(shape({ incident, assessment: optional(assessment) })),
});

/** The incidents that were open when the pack was made, each with its newest plan. */
export async function readPlans(pack: Pack): Promise<PlanOnRecord[]> {
  return (await readPart(pack, "plans/incidents.json.gz", plans))?.incidents ?? [];
}

const forms = shape({ layers: fallback(list(layer), []) });

/** The definitions of the layers: what a form asks, and how a card names its fields. */
export async function readForms(pack: Pack): Promise<Layer[]> {
  return (await readPart(pack, "forms.json", forms))?.layers ?? [];
}
