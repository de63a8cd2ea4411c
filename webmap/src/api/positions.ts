/** Where vehicles and people are, on the wire: the latest of each, its track, what is wrong. */
import type { LineString, MultiLineString } from "geojson";
import { address, request } from "./client";
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
import { feature, sentence } from "./wire";

const API = "/api/v1";

const latest = shape({
  id: label,
  kind: fallback(text, "vehicle"),
  profile: optional(text),
  name: optional(text),
  plate: optional(text),
  team_id: optional(text),
  lon: number,
  lat: number,
  at: optional(text),
  age_s: fallback(number, 0),
  speed_m_s: optional(number),
  heading_deg: optional(number),
});

/** What moves; `seenAt` is when it was there, ms by the server's clock. */
export interface Mover extends Omit<Read<typeof latest>, "age_s"> {
  seenAt: number;
}

const positions = shape({ positions: list(latest), now: optional(text) });

/** Ages are counted from the server's clock: the page's own may be wrong. */
export const movers: Reader<Mover[]> = (value, path) => {
  const read = positions(value, path);
  const now = read.now === null ? Date.now() : Date.parse(read.now);
  return read.positions.map(({ age_s, ...one }) => ({ ...one, seenAt: now - age_s * 1000 }));
};

export const getPositions = () => request(`${API}/positions`, movers);

export const alert = shape({
  id: text,
  kind: text,
  tracker_id: optional(label),
  tracker_name: optional(text),
  task_id: optional(text),
  opened_at: optional(text),
  acknowledged_at: optional(text),
  acknowledged_by: optional(text),
  closed_at: optional(text),
  message: optional(sentence),
  exercise: fallback(boolean, false),
});
export type Alert = Read<typeof alert>;

const alerts = shape({ alerts: list(alert) });
export const getAlerts = () => request(`${API}/alerts`, alerts);
export const acknowledge = ({ id }: Alert) =>
  request(`${API}/alerts/${id}/acknowledge`, alert, { method: "POST", body: {} });

const trackFacts = shape({
  distance_m: optional(number),
  moving_s: optional(number),
  gaps: fallback(number, 0),
  jumps: fallback(number, 0),
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

export const getTrack = (id: string, from: string) =>
  request(address(`${API}/trackers/${encodeURIComponent(id)}/track`, { from }), track);
