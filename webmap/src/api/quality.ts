/** How well data is kept, pairs that may be one thing twice, and coordinates in any form. */
import { address, request } from "./client";
import {
  anything,
  fallback,
  label,
  list,
  number,
  optional,
  type Read,
  record,
  shape,
  text,
} from "./read";
import { sentence } from "./wire";

const API = "/api/v1";

const share = shape({
  code: text,
  text: optional(text),
  good: number,
  of: number,
  weight: fallback(number, 1),
});
const kept = shape({
  layer: text,
  rows: fallback(number, 0),
  score: optional(number),
  stale: optional(number),
  without_region: fallback(number, 0),
  open_duplicates: fallback(number, 0),
  missing: fallback(record(number), {}),
  working: fallback(list(share), []),
});
export type Kept = Read<typeof kept>;

const side = shape({
  id: text,
  name: optional(text),
  source: optional(text),
  source_date: optional(text),
  lon: optional(number),
  lat: optional(number),
});
export type PairSide = Read<typeof side>;
const pair = shape({
  id: text,
  layer: text,
  reason: fallback(text, ""),
  score: optional(number),
  distance_m: optional(number),
  state: fallback(text, "open"),
  version: optional(number),
  a: side,
  b: side,
  differs: fallback(list(shape({ field: text, a: anything, b: anything })), []),
});
export type Pair = Read<typeof pair>;

export const getQuality = () => request(`${API}/quality`, shape({ layers: list(kept) }));
export const getPairs = (layer: string | null, cursor: string | null) =>
  request(
    address(`${API}/duplicates`, { layer, cursor, limit: 50 }),
    shape({
      duplicates: list(pair),
      counts: fallback(record(number), {}),
      next_cursor: optional(label),
    }),
  );
export const decidePair = ({ id, version }: Pair, state: "same" | "different") =>
  request(`${API}/duplicates/${id}`, anything, { method: "POST", body: { state, version } });
export const searchPairs = (layer: string) =>
  request(`${API}/duplicates/search`, shape({ new: number, open: number }), {
    method: "POST",
    body: { layer },
  });

const position = shape({
  text: text,
  lon: optional(number),
  lat: optional(number),
  notes: fallback(list(sentence), []),
  error: optional(sentence),
});
/** Positions in any usual form, read by the server; what it cannot read has no longitude. */
export const readPlaces = (typed: string, signal: AbortSignal, from?: string) =>
  request(`${API}/coordinates`, shape({ points: list(position) }), {
    method: "POST",
    body: { text: typed, ...(from ? { from } : {}) },
    signal,
  });

const system = shape({ name: text, title: optional(text) });
export type CrsName = Read<typeof system>;
export const getSystems = () =>
  request(`${API}/coordinate-systems`, shape({ systems: list(system) }));
