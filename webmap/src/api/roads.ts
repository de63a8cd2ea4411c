/** Ways on the wire: fastest ways with their steps, how far one comes, coverage, cuts, cordons. */
import type { LineString, Position } from "geojson";
import { avoided } from "./assessment";
import { request } from "./client";
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
} from "./read";
import { collection, feature, type Message, sentence, type WireCollection } from "./wire";

const API = "/api/v1";

/** One instruction in words, with where it is to be followed. */
const step = shape({
  code: text,
  text: fallback(text, ""),
  lon: optional(number),
  lat: optional(number),
  distance_m: fallback(number, 0),
});
export type Step = Read<typeof step>;

const facts = shape({
  distance_m: number,
  travel_time_s: number,
  avoided: fallback(list(avoided), []),
  avoided_s: optional(number),
  steps: fallback(list(step), []),
  vehicle: optional(text),
  inside_zone: fallback(boolean, false),
  assumptions: fallback(list(sentence), []),
  messages: fallback(list(sentence), []),
  alternatives: fallback(list(anything), []),
});

export interface Way extends Omit<Read<typeof facts>, "alternatives"> {
  line: LineString;
}

const way: Reader<{ way: Way; others: unknown[] }> = (value, path) => {
  const { geometry, properties } = feature(value, path);
  if (geometry?.type !== "LineString") throw new WireError(path, "a way", value);
  const { alternatives, ...told } = facts(properties, `${path}.properties`);
  return { way: { line: geometry, ...told }, others: alternatives };
};

/** The fastest way, then others that differ from it. */
const ways: Reader<Way[]> = (value, path) => {
  const first = way(value, path);
  return [first.way, ...first.others.map((one, at) => way(one, `${path}.alternatives[${at}]`).way)];
};

export interface RouteQuestion {
  from: Position;
  to: Position;
  vehicle: string;
  incident: string | null;
  alternatives: number;
}

export const getWays = (asked: RouteQuestion, signal?: AbortSignal) =>
  request(`${API}/route`, ways, {
    method: "POST",
    body: {
      from_lon: asked.from[0],
      from_lat: asked.from[1],
      to_lon: asked.to[0],
      to_lat: asked.to[1],
      vehicle: asked.vehicle,
      alternatives: asked.alternatives,
      ...(asked.incident ? { incident: asked.incident } : {}),
    },
    ...(signal ? { signal } : {}),
  });

export interface ReachQuestion {
  at: Position;
  minutes: readonly number[];
  vehicle: string;
  incident: string | null;
}

/** Areas and roads, and why there may be none. */
const reached: Reader<{ drawn: WireCollection; messages: Message[] }> = (value, path) => ({
  drawn: collection(value, path),
  messages: shape({ messages: fallback(list(sentence), []) })(value, path).messages,
});

export const getReach = (asked: ReachQuestion, signal?: AbortSignal) =>
  request(`${API}/reach`, reached, {
    method: "POST",
    body: {
      lon: asked.at[0],
      lat: asked.at[1],
      minutes: asked.minutes,
      vehicle: asked.vehicle,
      lines: true,
      ...(asked.incident ? { incident: asked.incident } : {}),
    },
    ...(signal ? { signal } : {}),
  });
