/** Proposals on the wire: who should go where and why, and who leaves for which shelter. */

import { approach } from "./assessment";
import { request } from "./client";
import { fallback, list, number, optional, type Read, shape, text } from "./read";
import { sentence } from "./wire";

const API = "/api/v1";

/** What an incident asks for, as the form holds it. */
export interface Demand {
  what: "team" | "vehicle" | "people" | "skill" | "stock";
  name: string;
  amount: number;
  unit: string;
}

export interface DispatchQuestion {
  incidents: readonly { id: string; demand: readonly Demand[] }[];
  solve: "greedy" | "optimal";
}

const assignment = shape({
  incident: text,
  demand: text,
  layer: text,
  id: text,
  name: optional(text),
  name_en: optional(text),
  kind: optional(text),
  what: text,
  item: optional(text),
  amount: number,
  unit: text,
  vehicle: optional(text),
  lon: optional(number),
  lat: optional(number),
  travel_time_s: optional(number),
  arrives_at: optional(text),
  stock_id: optional(text),
  why: fallback(list(sentence), []),
});
export type Proposed = Read<typeof assignment>;

const met = shape({
  incident: text,
  demand: text,
  what: text,
  name: text,
  amount: number,
  unit: text,
  met: number,
  missing: number,
  first_s: optional(number),
  full_s: optional(number),
  reasons: fallback(list(sentence), []),
});
export type Met = Read<typeof met>;

const cover = shape({
  stations: list(shape({ id: text, name: optional(text) })),
  kind: text,
  minutes: number,
  places: number,
  people: number,
  people_unknown: fallback(number, 0),
});

const proposal = shape({
  incidents: fallback(list(shape({ id: text, approach: optional(approach) })), []),
  assignments: list(assignment),
  demands: list(met),
  cover_lost: fallback(list(cover), []),
  solved: shape({
    by: text,
    status: text,
    greedy: number,
    best: number,
    bound: optional(number),
    gap: optional(number),
    seconds: number,
  }),
  messages: fallback(list(sentence), []),
});
export type Proposal = Read<typeof proposal>;

/** A demand names an item of stock, or a kind of anything else. */
function wanted({ what, name, amount, unit }: Demand): Record<string, unknown> {
  return what === "stock" ? { what, item: name, amount, unit } : { what, kind: name, amount };
}

export const propose = ({ incidents, solve }: DispatchQuestion, signal: AbortSignal) =>
  request(`${API}/dispatch`, proposal, {
    method: "POST",
    signal,
    body: {
      solve,
      incidents: incidents.map(({ id, demand }) => ({ id, demand: demand.map(wanted) })),
    },
  });
