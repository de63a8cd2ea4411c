/** Packs on the wire: their size beforehand, the order for one, the list, the file in parts. */
import type { Geometry } from "geojson";
import { address, openFile, request } from "./client";
import {
  anything,
  boolean,
  fallback,
  list,
  number,
  optional,
  type Read,
  shape,
  text,
} from "./read";

const PACKS = "/api/v1/packs";

/** What is to be in a pack; layers left out are all of them. */
export interface PackContent {
  area?: Geometry | null;
  /** A district by its code, where there is no `area`. */
  region?: string;
  layers?: readonly string[];
  minzoom: number;
  maxzoom: number;
  parts: readonly string[];
}

export interface PackOrder extends PackContent {
  name: string;
  expires_days: number;
}

const packEstimate = shape({
  bytes: number,
  tiles: fallback(number, 0),
  features: fallback(number, 0),
  parts: fallback(list(shape({ part: text, bytes: number })), []),
  limit_bytes: optional(number),
  fits: fallback(boolean, true),
});
export type PackEstimate = Read<typeof packEstimate>;

const packProgress = shape({ step: text, count: number, total: number });
const serverPack = shape({
  id: text,
  name: text,
  status: text,
  owner: optional(text),
  bytes: optional(number),
  progress: optional(packProgress),
  /** Where its file is, once there is one. */
  file: optional(text),
  made_at: optional(text),
  expires_at: optional(text),
  error: optional(shape({ text: fallback(text, "") })),
});
export type ServerPack = Read<typeof serverPack>;

const packKey = shape({ key: text, site: optional(text) });

const one = (id: string): string => `${PACKS}/${encodeURIComponent(id)}`;

export const getPacks = () => request(PACKS, shape({ packs: list(serverPack) }));
export const getPack = (id: string) => request(one(id), serverPack);
export const makePack = (body: PackOrder) => request(PACKS, serverPack, { method: "POST", body });
export const removePack = (id: string) => request(one(id), anything, { method: "DELETE" });
export const getPackKey = () => request(`${PACKS}/key`, packKey);
export const packFileAddress = (id: string): string => `${one(id)}/file`;
export const estimatePack = (body: Omit<PackOrder, "name" | "expires_days">, signal: AbortSignal) =>
  request(`${PACKS}/estimate`, packEstimate, { method: "POST", body, signal });

/** A file from somewhere on to its end. */
export interface FilePart {
  /** Where the first byte of `body` lies in the file: 0 where another version is sent whole. */
  from: number;
  /** How long the whole file is; null where the answer does not say. */
  total: number | null;
  etag: string | null;
  body: ReadableStream<Uint8Array>;
}

/** Fetch a pack's file from a byte on, if it is still the version that this tag names. */
export async function fetchPackFile(
  id: string,
  from: { at: number; etag: string | null },
  signal: AbortSignal,
): Promise<FilePart> {
  const part = from.at > 0 && from.etag !== null;
  const headers: Record<string, string> = part
    ? { Range: `bytes=${from.at}-`, "If-Range": from.etag ?? "" }
    : {};
  const response = await openFile(address(packFileAddress(id)), headers, signal);
  const etag = response.headers.get("ETag");
  const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get("Content-Range") ?? "");
  const body = response.body ?? new ReadableStream({ start: (control) => control.close() });
  if (response.status === 206 && range)
    return { from: Number(range[1]), total: Number(range[2]), etag, body };
  // What a proxy packs on the way has another length than what arrives.
  const plain = response.headers.get("Content-Encoding") === null;
  const length = plain ? response.headers.get("Content-Length") : null;
  return { from: 0, total: length === null ? null : Number(length), etag, body };
}
