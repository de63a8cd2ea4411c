/** How well roads serve, on the wire: who is beyond so many minutes, what one cut isolates, a cordon. */
import type { Geometry, Position } from "geojson";
import { request } from "./client";
import {
  boolean,
  fallback,
  list,
  number,
  optional,
  type Read,
  type Reader,
  record,
  shape,
  text,
} from "./read";
import { collection, feature } from "./wire";

const API = "/api/v1";

const people = {
  places: fallback(number, 0),
  people_day: fallback(number, 0),
  people_night: fallback(number, 0),
  people_unknown: fallback(number, 0),
  residents: optional(number),
};

const target = shape({
  id: text,
  layer: text,
  name: optional(text),
  name_en: optional(text),
  kind: optional(text),
  lon: optional(number),
  lat: optional(number),
  travel_time_s: optional(number),
});

const coverage = shape({
  bands: collection,
  without_access: shape({
    within_min: number,
    ...people,
    by_reason: fallback(record(number), {}),
    targets: fallback(list(target), []),
  }),
  residents: optional(shape({ people: number, raster: optional(text), source: optional(text) })),
});
export type Coverage = Read<typeof coverage>;

/** What a band, a cut or a part holds. */
export const held = shape({ ...people });

export interface ServedQuestion {
  at: Position;
  vehicle: string;
  layer: "team" | "resource";
  kinds: readonly string[] | null;
  minutes: readonly number[];
  incident: string | null;
}

const looked = ({
  at,
  vehicle,
  incident,
}: Pick<ServedQuestion, "at" | "vehicle" | "incident">) => ({
  lon: at[0],
  lat: at[1],
  vehicle,
  ...(incident ? { incident } : {}),
});

export const getCoverage = (asked: ServedQuestion) =>
  request(`${API}/coverage`, coverage, {
    method: "POST",
    body: {
      ...looked(asked),
      layer: asked.layer,
      minutes: asked.minutes,
      ...(asked.kinds ? { kinds: asked.kinds } : {}),
    },
  });

const cutFacts = shape({
  road: optional(text),
  class: optional(text),
  only_now: fallback(boolean, false),
  bbox: optional(list(number)),
  isolated: fallback(list(target), []),
  ...people,
});
export const cutOf = cutFacts;
export type Cut = Read<typeof cutFacts>;

const resilience = shape({
  roads: collection,
  junctions: collection,
  parts: collection,
  counts: shape({ bridges: number, cut_points: number, parts: fallback(number, 0) }),
});
export type Resilience = Read<typeof resilience>;

export const getResilience = (
  asked: Pick<ServedQuestion, "at" | "vehicle" | "incident">,
  k: number,
) => request(`${API}/resilience`, resilience, { method: "POST", body: { ...looked(asked), k } });

const group = shape({
  group: number,
  road: optional(text),
  class: optional(text),
  posts: number,
  sites: optional(number),
  shift_clear: fallback(boolean, true),
  lon: number,
  lat: number,
});

/** A bare geometry, read as that of a feature is. */
const bare: Reader<Geometry | null> = (value, path) => feature({ geometry: value }, path).geometry;

const cordon = shape({ cordon: bare, groups: list(group), points: collection });
export type Cordon = Read<typeof cordon>;

export const getCordon = (incident: string) =>
  request(`${API}/cordon`, cordon, { method: "POST", body: { incident } });
