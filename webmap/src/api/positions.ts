/** Where vehicles and people are, on the wire: the latest of each, its track, what is wrong. */
import type { LineString, MultiLineString } from "geojson";
import { address, ifMatch, request } from "./client";
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
} from "./read";
import { feature } from "./wire";

const API = "/api/v1";

const latest = shape({
  id: label,
  kind: fallback(text, "vehicle"),
  profile: optional(text),
  name: optional(text),
  plate: optional(text),
  team_id: optional(text),
  lon: optional(number),
  lat: optional(number),
  at: optional(text),
  received_at: optional(text),
  age_s: optional(number),
  exercise: fallback(boolean, false),
  speed_m_s: optional(number),
  heading_deg: optional(number),
});

/** What moves; `seenAt` is when it was there, ms by the server's clock. */
export interface Mover extends Omit<Read<typeof latest>, "age_s" | "at" | "received_at"> {
  lon: number;
  lat: number;
  seenAt: number;
}

const positions = shape({ positions: list(latest), now: text });

/**
 * Where things are; a tracker that was never heard of has no place, and so none on the map.
 *
 * Ages are counted from the server's clock: the page's own may be wrong. A device whose clock is
 * ahead is as old as its report.
 */
export const movers: Reader<Mover[]> = (value, path) => {
  const read = positions(value, path);
  const now = Date.parse(read.now);
  return read.positions.flatMap(({ age_s, at, received_at, lon, lat, ...one }) => {
    const heard = Math.min(...[at, received_at].flatMap((time) => (time ? Date.parse(time) : [])));
    const seenAt = age_s === null ? heard : now - age_s * 1000;
    return lon === null || lat === null || !Number.isFinite(seenAt)
      ? []
      : [{ ...one, lon, lat, seenAt }];
  });
};

/** Of the real world, or of exercises. */
export const getPositions = (exercise: boolean) =>
  request(address(`${API}/positions`, { exercise: String(exercise) }), movers);

export const alert = shape({
  id: text,
  kind: text,
  tracker: label,
  name: optional(text),
  plate: optional(text),
  task_id: optional(text),
  incident_id: optional(text),
  opened_at: optional(text),
  lon: optional(number),
  lat: optional(number),
  acknowledged_at: optional(text),
  acknowledged_by: optional(text),
  closed_at: optional(text),
  version: fallback(number, 1),
});
export type Alert = Read<typeof alert>;

const alerts = shape({ alerts: list(alert) });
export const getAlerts = (exercise: boolean) =>
  request(address(`${API}/alerts`, { exercise: String(exercise) }), alerts);
export const acknowledge = ({ id, version }: Alert) =>
  request(`${API}/alerts/${id}`, alert, {
    method: "PATCH",
    body: { acknowledged: true },
    headers: ifMatch(version),
  });

const trackFacts = shape({
  mileage_m: optional(number),
  gap_count: fallback(number, 0),
  jump_count: fallback(number, 0),
  received: fallback(number, 0),
});

/** Where a thing was: a line in pieces where it was not heard of, and how far it came. */
export interface Track extends Read<typeof trackFacts> {
  line: LineString | MultiLineString | null;
}

export const track: Reader<Track> = (value, path) => {
  const { geometry, properties } = feature(value, path);
  const line =
    geometry?.type === "LineString" || geometry?.type === "MultiLineString" ? geometry : null;
  return { line, ...trackFacts(properties, `${path}.properties`) };
};

export const getTrack = (id: string, from: string, to: string) =>
  request(address(`${API}/trackers/${encodeURIComponent(id)}/track`, { from, to }), track);
