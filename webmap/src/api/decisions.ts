/** Decisions: drafted by the officer on duty, approved or refused by who commands. */
import { request } from "./client";
import { boolean, fallback, list, number, optional, type Read, shape, text } from "./read";
import { geometry } from "./wire";

export const DECISION_KINDS = [
  "start_response",
  "evacuate",
  "shelter",
  "warn",
  "widen",
  "end",
  "other",
] as const;

/** Which level approving a decision of a kind sets, by the word list of its ladder. */
export const LADDER_OF: Readonly<Record<string, "response" | "warning">> = {
  start_response: "response",
  widen: "response",
  warn: "warning",
};

/** What the zone of its basis was when it was drafted, whatever the plan is now. */
const properties = shape({
  level: text,
  hazard: fallback(text, ""),
  threshold_name: optional(text),
  distance_m: optional(number),
  cut: optional(text),
});
const noRight = { approve: false, withdraw: false };
const decision = shape({
  id: text,
  kind: text,
  text: fallback(text, ""),
  level: optional(text),
  basis: fallback(
    shape({
      assessment: optional(text),
      zone: optional(number),
      proposal: optional(text),
      text: optional(text),
      zone_was: optional(properties),
    }),
    { assessment: null, zone: null, proposal: null, text: null, zone_was: null },
  ),
  area: optional(geometry),
  state: fallback(text, "drafted"),
  drafted_by: optional(text),
  drafted_at: optional(text),
  decided_by: optional(text),
  decided_at: optional(text),
  reason: optional(text),
  version: fallback(number, 1),
  may: fallback(
    shape({ approve: fallback(boolean, false), withdraw: fallback(boolean, false) }),
    noRight,
  ),
});
export type Decision = Read<typeof decision>;
export type Verdict = "approve" | "reject" | "withdraw";

const of = (incident: string): string => `/api/v1/incidents/${incident}/decisions`;
export const getDecisions = (incident: string) =>
  request(of(incident), shape({ decisions: list(decision) }));
export const addDecision = (incident: string, body: Record<string, unknown>) =>
  request(of(incident), decision, { method: "POST", body });
export const decide = (incident: string, { id }: Decision, how: Verdict, reason: string) =>
  request(`${of(incident)}/${id}/${how}`, decision, {
    method: "POST",
    body: reason ? { reason } : {},
  });
