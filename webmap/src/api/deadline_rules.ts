/** The table of deadlines: what is to be reported how soon, by region, grade and channel. */

import { ifMatch, request } from "./client";
import { anything, fallback, label, list, number, optional, type Read, shape, text } from "./read";

export const WHATS = ["first", "follow", "final", "written"] as const;
export const CHANNELS = ["any", "phone", "written"] as const;
export const ADDRESSEES = ["next", "city", "province", "state"] as const;

const rule = shape({
  id: text,
  region: optional(text),
  grade: optional(label),
  channel: fallback(text, "any"),
  what: text,
  addressee: fallback(text, "next"),
  minutes: optional(number),
  daily_at: optional(text),
  source: fallback(text, ""),
  version: fallback(number, 1),
});
export type Rule = Read<typeof rule>;

const RULES = "/api/v1/deadline-rules";
export const getRules = () => request(RULES, shape({ rules: list(rule) }));
export const addRule = (body: Record<string, unknown>) =>
  request(RULES, rule, { method: "POST", body });
export const changeRule = (one: Rule, body: Record<string, unknown>) =>
  request(`${RULES}/${one.id}`, rule, { method: "PATCH", body, headers: ifMatch(one.version) });
export const removeRule = (one: Rule) =>
  request(`${RULES}/${one.id}`, anything, { method: "DELETE", headers: ifMatch(one.version) });
