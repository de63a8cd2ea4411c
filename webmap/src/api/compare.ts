/** Runs of one incident beside its plan: what would be otherwise with another wind or amount. */
import { address, request } from "./client";
import {
  anything,
  boolean,
  fallback,
  list,
  number,
  optional,
  type Read,
  record,
  shape,
  text,
} from "./read";
import { incident } from "./wire";

const head = shape({
  id: text,
  label: optional(text),
  what_if: fallback(boolean, false),
  plan: fallback(boolean, false),
  created_at: optional(text),
  created_by: optional(text),
  at: optional(text),
});
export type Run = Read<typeof head>;

const extent = optional(shape({ distance_m: optional(number), area_m2: optional(number) }));
const arrives = optional(shape({ name: optional(text), travel_time_s: optional(number) }));
const all = shape({ people: optional(number), people_unknown: fallback(number, 0) });
const target = shape({
  id: text,
  layer: text,
  name: optional(text),
  name_en: optional(text),
  people: optional(number),
  level: optional(text),
  was: optional(text),
});
const comparison = shape({
  a: head,
  b: head,
  inputs: fallback(
    list(
      shape({ field: text, unit: optional(text), a: optional(anything), b: optional(anything) }),
    ),
    [],
  ),
  zones: fallback(
    list(shape({ hazard: text, level: text, basis: optional(text), a: extent, b: extent })),
    [],
  ),
  people: fallback(list(shape({ level: text, a: optional(number), b: optional(number) })), []),
  total: shape({ a: all, b: all }),
  targets: shape({ gained: list(target), lost: list(target), changed: list(target) }),
  arrivals: fallback(list(shape({ layer: text, a: arrives, b: arrives })), []),
  models: fallback(record(list(anything)), {}),
});
export type Comparison = Read<typeof comparison>;
export type ComparedTarget = Read<typeof target>;

const of = (id: string): string => `/api/v1/incidents/${id}/assessments`;

export const getRuns = (id: string) =>
  request(
    address(of(id), { limit: 1000, what_if: "any", heads: "true" }),
    shape({ assessments: list(head) }),
  );
export const addRun = (id: string, body: Record<string, unknown>) =>
  request(of(id), head, { method: "POST", body: { what_if: true, ...body } });
/** Make a run the plan of record; refused where another has become it meanwhile. */
export const acceptRun = (id: string, run: string, instead_of: string | null) =>
  request(`${of(id)}/${run}/accept`, incident, { method: "POST", body: { instead_of } });
export const releasePlan = (id: string, instead_of: string | null) =>
  request(`/api/v1/incidents/${id}/plan/release`, incident, {
    method: "POST",
    body: { instead_of },
  });
export const compareRuns = (id: string, a: string, b: string) =>
  request(address(`${of(id)}/compare`, { a, b }), comparison);
