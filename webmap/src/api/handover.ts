/** A shift handed over, signed by two; and what a period held, exercises apart. */
import { address, ifMatch, request } from "./client";
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

const signed = optional(shape({ by: text, name: optional(text), at: text }));
const briefly = shape({
  id: text,
  title: fallback(text, ""),
  exercise: fallback(boolean, false),
  status: fallback(text, "open"),
  accident_grade: optional(label),
  open_tasks: fallback(number, 0),
  unanswered_calls: fallback(number, 0),
  missed_deadlines: fallback(number, 0),
});
export type Brief = Read<typeof briefly>;
const handover = shape({
  id: text,
  shift_from: text,
  shift_to: text,
  state: fallback(text, "draft"),
  made_at: optional(text),
  made_by: optional(text),
  given: signed,
  taken: signed,
  body_hash: fallback(text, ""),
  version: fallback(number, 1),
  notes: fallback(text, ""),
  incidents: fallback(list(briefly), []),
});
export type Handover = Read<typeof handover>;

const counted = shape({
  incidents: fallback(list(briefly), []),
  count: fallback(number, 0),
  by_grade: fallback(record(number), {}),
  by_kind: fallback(record(number), {}),
  casualties: fallback(record(number), {}),
  missed_deadlines: fallback(number, 0),
});
const digest = shape({ from: text, to: text, real: counted, exercises: counted });
export type Digest = Read<typeof digest>;

const HANDOVERS = "/api/v1/handovers";
export const getHandovers = () =>
  request(
    address(HANDOVERS, { limit: 20 }),
    shape({ handovers: list(handover), desks: fallback(list(text), []) }),
  );
export const addHandover = (body: Record<string, unknown>) =>
  request(HANDOVERS, handover, { method: "POST", body });
export const editHandover = (one: Handover, notes: string) =>
  request(`${HANDOVERS}/${one.id}`, handover, {
    method: "PATCH",
    body: { notes },
    headers: ifMatch(one.version),
  });
export const dropHandover = (one: Handover) =>
  request(`${HANDOVERS}/${one.id}`, anything, { method: "DELETE", headers: ifMatch(one.version) });
export const signHandover = ({ id, body_hash }: Handover, role: "giver" | "taker") =>
  request(`${HANDOVERS}/${id}/sign`, handover, { method: "POST", body: { role, body_hash } });
export const handoverFile = (id: string, format: string, lang: string): string =>
  address(`${HANDOVERS}/${id}.${format}`, { lang });

export const getDigest = (from: string, to: string) =>
  request(address("/api/v1/digest", { from, to }), digest);
export const digestFile = (from: string, to: string, format: string, lang: string): string =>
  address(`/api/v1/digest.${format}`, { from, to, lang });
