/** The whole record of an incident as it was reported, its proposed grade, and its corrections. */
import { ifMatch, request } from "./client";
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
import { incident, sentence } from "./wire";

const person = shape({ name: optional(text), phone: optional(text), unit: optional(text) });
const casualties = shape({
  at: optional(text),
  source: optional(text),
  dead: optional(number),
  missing: optional(number),
  serious: optional(number),
  poisoned: optional(number),
  trapped: optional(number),
  in_danger: optional(number),
  evacuated: optional(number),
});
const wind = shape({ wind_speed_m_s: optional(number), wind_from_deg: optional(number) });
/** One moment whole, as it is kept, or a series, which only the plan reads. */
const weather: Reader<Record<string, unknown> | readonly unknown[]> = (value, path) => {
  if (Array.isArray(value)) return value;
  wind(value, path);
  return value as Record<string, unknown>;
};
export const incidentFile = shape({
  id: text,
  title: fallback(text, ""),
  kind: text,
  substance: optional(text),
  lon: number,
  lat: number,
  address: optional(text),
  caller: optional(person),
  site_contact: optional(person),
  channel: optional(text),
  received_at: optional(text),
  occurred_at: text,
  course: optional(text),
  measures: optional(text),
  requests: optional(text),
  leaders: optional(text),
  direct_loss_yuan: optional(number),
  important_place: optional(boolean),
  serious_pollution: optional(boolean),
  release: fallback(record(anything), {}),
  weather: optional(weather),
  casualties: fallback(list(casualties), []),
  accident_grade: optional(label),
  response_level: optional(label),
  warning_level: optional(label),
  exercise: fallback(boolean, false),
  status: fallback(text, "open"),
  version: fallback(number, 1),
});
export type IncidentFile = Read<typeof incidentFile>;

/** A reason with the clause that it rests on, which is a sentence of its own. */
const reason = shape({
  code: fallback(text, ""),
  text: fallback(text, ""),
  source: optional(sentence),
});
export type Reason = Read<typeof reason>;
const rated = shape({
  grade: optional(label),
  raised: fallback(boolean, false),
  reasons: fallback(list(reason), []),
  to_check: fallback(list(reason), []),
});
export const proposedGrade = shape({
  proposed: shape({ accident: rated, at_risk: rated, environment: rated }),
  differs: fallback(boolean, false),
});
export type ProposedGrade = Read<typeof proposedGrade>;

const affected = shape({
  tasks: fallback(
    list(
      shape({
        id: text,
        title: optional(text),
        kind: optional(text),
        feature_name: optional(text),
      }),
    ),
    [],
  ),
  assessments: fallback(list(shape({ id: text, at: optional(text) })), []),
  bulletins: fallback(list(shape({ id: text, kind: text })), []),
});
const correction = shape({
  at: text,
  who: optional(text),
  why: optional(text),
  changes: fallback(
    list(shape({ field: text, before: optional(anything), after: optional(anything) })),
    [],
  ),
  moved_m: optional(number),
  stale: fallback(boolean, false),
  affected: fallback(affected, { tasks: [], assessments: [], bulletins: [] }),
});
export type Correction = Read<typeof correction>;
const ids = fallback(list(text), []);
export const corrections = shape({
  corrections: list(correction),
  stale: fallback(
    shape({ tasks: ids, assessments: ids, bulletins: ids, plan: fallback(boolean, false) }),
    { tasks: [], assessments: [], bulletins: [], plan: false },
  ),
});
export type Corrections = Read<typeof corrections>;

const of = (id: string): string => `/api/v1/incidents/${id}`;
export const getFile = (id: string) => request(of(id), incidentFile);
export const getGrade = (id: string) => request(`${of(id)}/grade`, proposedGrade);
/** The grade that the rules propose for what is known, before anything is stored. */
export const askGrade = (body: Record<string, unknown>, signal: AbortSignal) =>
  request("/api/v1/grade", proposedGrade, { method: "POST", body, signal });
export const getCorrections = (id: string) => request(`${of(id)}/corrections`, corrections);
export const patchIncident = (id: string, version: number, body: Record<string, unknown>) =>
  request(of(id), incident, {
    method: "PATCH",
    body,
    headers: ifMatch(version),
  });
