/** What instruments at the scene say, and what of it speaks against the plan. */
import { assessment } from "./assessment";
import { request } from "./client";
import {
  anything,
  boolean,
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
import { collection, sentence } from "./wire";

const judged = shape({
  level: optional(text),
  inside: optional(text),
  outside: fallback(boolean, false),
  threshold: optional(number),
  threshold_unit: optional(text),
  threshold_name: optional(text),
  value: optional(number),
  formula: optional(sentence),
});
const reading = shape({
  id: label,
  quantity: fallback(text, ""),
  value: optional(number),
  unit: fallback(text, ""),
  instrument: optional(text),
  station: optional(text),
  at: text,
  given_by: optional(text),
  substance: optional(text),
  late: fallback(boolean, false),
  judged: optional(judged),
});
export type ReadingRow = Read<typeof reading> & { lon: number; lat: number };

const exposed = shape({
  id: text,
  layer: text,
  name: optional(text),
  name_en: optional(text),
  people: optional(number),
  level: optional(text),
  was: optional(text),
  arrival_s: optional(number),
  action: optional(text),
  lon: optional(number),
  lat: optional(number),
});
const proposal = shape({
  id: text,
  incident: fallback(text, ""),
  reason: text,
  state: fallback(text, "open"),
  made_at: optional(text),
  values: fallback(record(anything), {}),
  basis: optional(sentence),
  zones: optional(collection),
  exposes: fallback(list(exposed), []),
  exposes_count: optional(number),
  people: optional(number),
  closed_by: optional(text),
  closed_why: optional(text),
  title: optional(sentence),
  version: fallback(number, 1),
  /** So many of its reason are there that nothing more of it is proposed for now. */
  full: fallback(boolean, false),
});
export type Proposal = Read<typeof proposal>;

const of = (incident: string): string => `/api/v1/incidents/${incident}`;

export async function getReadings(incident: string): Promise<ReadingRow[]> {
  const { features } = await request(`${of(incident)}/readings`, collection);
  return features.flatMap(({ id, geometry, properties }) => {
    const [lon, lat] = geometry.type === "Point" ? geometry.coordinates : [];
    if (lon === undefined || lat === undefined) return [];
    return [{ ...reading({ id, ...properties }, "readings"), lon, lat }];
  });
}
export const addReading = (body: Record<string, unknown>) =>
  request("/api/v1/observations", shape({ id: label, late: fallback(boolean, false) }), {
    method: "POST",
    body,
  });
export async function getProposals(incident: string): Promise<Proposal[]> {
  const answer = shape({ proposals: list(proposal), full: fallback(list(text), []) });
  const { proposals, full } = await request(`${of(incident)}/proposals`, answer);
  return proposals.map((one) => ({ ...one, full: full.includes(one.reason) }));
}
export const runProposal = (incident: string, id: string) =>
  request(`${of(incident)}/proposals/${id}/run`, shape({ proposal, assessment }), {
    method: "POST",
    body: {},
  });
export const dismissProposal = (incident: string, id: string, reason: string) =>
  request(`${of(incident)}/proposals/${id}/dismiss`, proposal, {
    method: "POST",
    body: { reason },
  });
