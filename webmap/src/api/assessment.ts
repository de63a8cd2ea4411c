/** The plan as the server computed it: zones, exposure, nearest, routes, points, advice, sources. */
import {
  anything,
  boolean,
  fallback,
  label,
  list,
  number,
  optional,
  type Read,
  type Reader,
  record,
  shape,
  text,
} from "./read";
import { collection, sentence, type WireCollection } from "./wire";

const nothing: WireCollection = { type: "FeatureCollection", features: [] };
const properties = record(anything);

export const exposed = shape({
  id: text,
  layer: text,
  name: optional(text),
  name_en: optional(text),
  kind: optional(text),
  lon: optional(number),
  lat: optional(number),
  distance_m: optional(number),
  people: optional(number),
  level: optional(text),
  hazard: optional(text),
  arrival_s: optional(number),
  action: optional(text),
  reason: optional(sentence),
});
export type Exposed = Read<typeof exposed>;

const exposedLayer = shape({ count: fallback(number, 0), features: fallback(list(exposed), []) });
const exposedZone = shape({
  zone: optional(number),
  level: text,
  hazard: optional(text),
  basis: optional(text),
  people: optional(number),
  people_unknown: fallback(number, 0),
  layers: fallback(record(exposedLayer), {}),
});
const tally = shape({
  count: fallback(number, 0),
  people: fallback(number, 0),
  people_unknown: fallback(number, 0),
});
/** `targets` is the head of a list: `target_count` and `by_action` count all of it. */
const exposure = shape({
  by_zone: fallback(list(exposedZone), []),
  targets: fallback(list(exposed), []),
  target_count: optional(number),
  by_action: fallback(record(tally), {}),
  people: optional(number),
  people_unknown: fallback(number, 0),
  period: optional(text),
  local_time: optional(text),
});
const nobody: Read<typeof exposure> = {
  by_zone: [],
  targets: [],
  target_count: null,
  by_action: {},
  people: null,
  people_unknown: 0,
  period: null,
  local_time: null,
};

/** A zone or a closure that a way went round. */
export const avoided = shape({
  kind: text,
  id: optional(label),
  name: optional(text),
  level: optional(text),
});
export type Avoided = Read<typeof avoided>;

export const arrival = shape({
  layer: text,
  id: text,
  name: optional(text),
  name_en: optional(text),
  kind: optional(text),
  lon: optional(number),
  lat: optional(number),
  travel_time_s: optional(number),
  distance_m: optional(number),
  avoided_s: optional(number),
  /** What closes the shorter way. */
  avoided: fallback(list(avoided), []),
  vehicle: optional(text),
  /** Help comes "to" the incident; a hospital is reached "from" it. */
  direction: fallback(text, "to"),
  ferry_m: optional(number),
  inside_zone: fallback(boolean, false),
  by: fallback(text, "road"),
});
export type Arrival = Read<typeof arrival>;

const assumption = shape({
  field: text,
  title: optional(text),
  value: optional(anything),
  unit: optional(text),
  tag: fallback(text, "assumed"),
  source: optional(sentence),
});
export type Assumption = Read<typeof assumption>;

const step = shape({
  name: text,
  status: fallback(text, "done"),
  reason: optional(sentence),
  duration_ms: optional(number),
});
export type Step = Read<typeof step>;

const certain = shape({ text, certainty: optional(text) });

/** A source is a citation with how sure it is, or plain; both read as "citation [certainty]". */
const citation: Reader<string> = (value, path) => {
  if (typeof value === "string") return value;
  const source = certain(value, path);
  // A citation that carries a mark of its own keeps that one: it is the more careful.
  if (!source.certainty || source.text.endsWith("]")) return source.text;
  return `${source.text} [${source.certainty}]`;
};

/** One number on the way to a result, with the equation that it comes from. */
const modelStep = shape({
  name: text,
  equation: fallback(text, ""),
  value: optional(anything),
  unit: optional(text),
});

/** A plan made before models said more of their coefficients names the set alone. */
const coefficients: Reader<{ name: string; certainty: string | null } | null> = (value, path) => {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return { name: value, certainty: null };
  return shape({ name: text, certainty: optional(text) })(value, path);
};

/** A set of constants with where it comes from. */
const certainSet = shape({ name: text, source: fallback(text, ""), certainty: optional(text) });

const model = shape({
  name: text,
  title: optional(text),
  version: optional(label),
  coefficients: fallback(coefficients, null),
  inputs: fallback(properties, {}),
  values: fallback(properties, {}),
  steps: fallback(list(modelStep), []),
  validity: fallback(list(text), []),
  sources: fallback(list(citation), []),
  warnings: fallback(list(sentence), []),
});
export type Model = Read<typeof model>;

const range = shape({ low: number, central: number, high: number });
/** Deaths as a range by named sets; null where they were not estimated, with the reason. */
const casualties = shape({
  fatalities: optional(range),
  reason: fallback(list(sentence), []),
  not_estimated: fallback(number, 0),
  people_unknown: fallback(number, 0),
  sets: fallback(list(certainSet), []),
});

/** A hazard source that the accident can set off, or that one of these can. */
const struck = shape({
  id: text,
  layer: fallback(text, "hazard_source"),
  name: optional(text),
  substance: optional(text),
  lon: optional(number),
  lat: optional(number),
  distance_m: optional(number),
  cause: text,
  level: optional(number),
  unit: optional(text),
  time_to_failure_s: optional(number),
  depth: fallback(number, 1),
});
export type Struck = Read<typeof struck>;
const domino = shape({
  units: fallback(list(struck), []),
  count: fallback(number, 0),
  cut: fallback(boolean, false),
});

/** The sheet that counts for a plan: its own, or the last one signed of the incident. */
const sheetHead = shape({
  id: text,
  assessment: text,
  state: text,
  current: fallback(boolean, true),
});

/** A place on a road; outside the closed zones where the incident lies inside (`inside_zone`). */
export const approach = shape({
  lon: number,
  lat: number,
  inside_zone: fallback(boolean, false),
});
export type Approach = Read<typeof approach>;

export const assessment = shape({
  id: text,
  incident: fallback(text, ""),
  created_at: optional(text),
  at: optional(text),
  zones: fallback(collection, nothing),
  confidence: fallback(collection, nothing),
  slices: fallback(collection, nothing),
  reasons: fallback(list(sentence), []),
  casualties: optional(casualties),
  domino: optional(domino),
  sheet: optional(sheetHead),
  exposure: fallback(exposure, nobody),
  nearest: fallback(list(arrival), []),
  routes: fallback(collection, nothing),
  points: fallback(collection, nothing),
  /** Where all who come drive to: the incident, or a point outside its zones. */
  approach: optional(approach),
  assumed: fallback(list(assumption), []),
  advice: fallback(list(sentence), []),
  steps: fallback(list(step), []),
  models: fallback(list(model), []),
  missing: fallback(list(sentence), []),
  warnings: fallback(list(sentence), []),
  distances: fallback(list(properties), []),
});
export type Assessment = Read<typeof assessment>;
export type ExposedZone = Assessment["exposure"]["by_zone"][number];

/** The moments, s after the release began, at which the plan knows where the cloud is. */
export function sliceTimes({ slices }: Assessment): number[] {
  const times = slices.features
    .map(({ properties: { time_s } }) => time_s)
    .filter((time): time is number => typeof time === "number");
  return [...new Set(times)].sort((a, b) => a - b);
}

/** How many targets the zones reach, also those that the list leaves out. */
export function targetCount({ exposure: { target_count, targets } }: Assessment): number {
  return target_count ?? targets.length;
}

export const assessmentList = shape({ assessments: list(assessment) });
