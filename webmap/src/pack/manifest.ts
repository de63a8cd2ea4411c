/** What a pack says of itself, and whether the one who says so is the one who signed. */
import {
  anything,
  boolean,
  fallback,
  list,
  number,
  optional,
  type Read,
  type Reader,
  shape,
  text,
  WireError,
} from "../api/read";
import { layerStyle } from "../api/wire";
import { verify } from "./ed25519";
import { PackError } from "./fault";

export const FORMAT = "onemap-pack";
/** The newest layout that this page reads. */
export const FORMAT_VERSION = 1;

const hash: Reader<string> = (value, path) => {
  const read = text(value, path);
  if (!/^[0-9a-f]{64}$/.test(read)) throw new WireError(path, "64 hexadecimal digits", value);
  return read;
};
const uuid: Reader<string> = (value, path) => {
  const read = text(value, path);
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(read))
    throw new WireError(path, "a UUID", value);
  return read;
};
const moment: Reader<string> = (value, path) => {
  const read = text(value, path);
  if (Number.isNaN(Date.parse(read))) throw new WireError(path, "a moment", value);
  return read;
};
const box: Reader<[number, number, number, number]> = (value, path) => {
  const [west, south, east, north] = list(number)(value, path);
  if (west === undefined || south === undefined || east === undefined || north === undefined)
    throw new WireError(path, "west, south, east, north", value);
  if (south > north || south < -90 || north > 90 || west < -180 || east > 180)
    throw new WireError(path, "a box on the earth", value);
  return [west, south, east, north];
};
const whole: Reader<number> = (value, path) => {
  const read = number(value, path);
  if (!Number.isSafeInteger(read) || read < 0) throw new WireError(path, "a whole number", value);
  return read;
};

const part = shape({
  name: text,
  bytes: whole,
  sha256: hash,
  media_type: fallback(text, ""),
  role: fallback(text, ""),
});
export type Part = Read<typeof part>;

const packLayer = shape({
  name: text,
  title: optional(text),
  title_en: optional(text),
  group: fallback(text, "ground"),
  geometry: fallback(text, "POINT"),
  count: optional(number),
  style: fallback(layerStyle, { color: null, symbol: null, label_field: null, min_zoom: null }),
});
export type PackLayer = Read<typeof packLayer>;

export const manifest = shape({
  id: uuid,
  name: text,
  made_at: moment,
  expires_at: optional(moment),
  made_by: optional(text),
  epoch: optional(text),
  revision: optional(whole),
  fictional: fallback(boolean, false),
  bounds: box,
  area: optional(anything),
  minzoom: fallback(whole, 0),
  maxzoom: fallback(whole, 14),
  layers: fallback(list(packLayer), []),
  attribution: fallback(list(text), []),
  parts: list(part),
  signer: shape({ key: text, site: optional(text) }),
});
export type Manifest = Read<typeof manifest>;

/** What must be known before anything else of a manifest is believed. */
const head = shape({ format: text, format_version: whole, signer: shape({ key: text }) });

/**
 * Return the manifest that these bytes are, once their signature is checked.
 *
 * A pack of a later layout is refused as such: its manifest need not look like one of today.
 */
export async function readManifest(
  bytes: Uint8Array<ArrayBuffer>,
  signature: string,
): Promise<Manifest> {
  const value = parse(bytes);
  const { format, format_version, signer } = wired(head, value);
  if (format !== FORMAT) throw new PackError("not_a_pack");
  if (format_version > FORMAT_VERSION)
    throw new PackError("version", { got: format_version, known: FORMAT_VERSION });
  const [key, signed] = [fromBase64(signer.key), fromBase64(signature)];
  if (!key || !signed || !(await verify(key, signed, bytes))) throw new PackError("signature");
  return wired(manifest, value);
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as unknown;
  } catch (cause) {
    if (!(cause instanceof SyntaxError) && !(cause instanceof TypeError)) throw cause;
    throw new PackError("manifest", { detail: "JSON" });
  }
}

function wired<T>(reader: Reader<T>, value: unknown): T {
  try {
    return reader(value, "");
  } catch (cause) {
    if (!(cause instanceof WireError)) throw cause;
    throw new PackError("manifest", { detail: cause.message });
  }
}

export function fromBase64(written: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(written) || written.length % 4 !== 0) return null;
  const raw = atob(written);
  // Of several spellings of the same bytes only one: no bit of a pack is free to be changed.
  return btoa(raw) === written ? Uint8Array.from(raw, (sign) => sign.charCodeAt(0)) : null;
}
