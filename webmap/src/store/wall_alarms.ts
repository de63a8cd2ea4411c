/** What a wall warns of: what speaks against a plan, what is owed and late, what goes wrong on the way. */
import type { Deadline } from "../api/deadline";
import type { Call, Change, Incident } from "../api/wire";
import { lateFor, nextDue, urgency } from "./due";
import { readPart } from "./duty";
import { hear } from "./heard";
import { readCalls } from "./incidents";
import { soon } from "./soon";
import { activeIncident, type State, store } from "./state";
import { isWaiting } from "./tracking";
import { foremost, MOST_SIDE_BY_SIDE, standing } from "./wall_state";

/** One thing that somebody in the room has to hear of; `at` is since when, ms. */
export type Alarm = { at: number; incident: Incident | null } & (
  | { is: "proposal"; one: State["duty"]["proposals"][string][number] }
  | { is: "missed"; one: Deadline }
  | { is: "calls"; late: readonly Call[] }
  | { is: "alert"; one: State["alerts"][number] }
);

/** The reports that are due next, by incident. */
export interface DueNext {
  incident: Incident;
  one: Deadline;
  near: boolean;
}

/** The incidents that a wall warns of: real ones where there are some, never both worlds. */
const warned = (state: Pick<State, "incidents">): readonly Incident[] =>
  foremost(standing(state)).slice(0, MOST_SIDE_BY_SIDE);

/** Everything that is wrong now, the newest first; in the past nothing is owed. */
export function alarms(state: Readonly<State>, now: number): Alarm[] {
  if (state.replay) return [];
  const found = [
    ...warned(state).flatMap((one) => ofIncident(state, one, now)),
    ...onTheWay(state),
  ];
  return found.sort((a, b) => b.at - a.at);
}

function ofIncident({ duty, calls }: Readonly<State>, incident: Incident, now: number): Alarm[] {
  const open = (duty.proposals[incident.id] ?? []).filter(({ state }) => state === "open");
  const due = duty.deadlines[incident.id]?.deadlines ?? [];
  const late = (calls[incident.id] ?? []).filter((one) => lateFor(one, now) !== null);
  const since = late.map(({ due_at }) => Date.parse(due_at ?? ""));
  return [
    ...open.map(
      (one): Alarm => ({ is: "proposal", incident, one, at: Date.parse(one.made_at ?? "") || now }),
    ),
    ...due
      .filter((one) => urgency(one, null, now) === "missed")
      .map((one): Alarm => ({ is: "missed", incident, one, at: Date.parse(one.due_at) })),
    // A sheet has thirty lines: who does not answer is one thing to know of, since the last of them.
    ...(late.length > 0 ? [{ is: "calls", incident, late, at: Math.max(...since) } as Alarm] : []),
  ];
}

/** Alerts are read of the world that the map shows: those of an exercise are none of a real one. */
function onTheWay(state: Readonly<State>): Alarm[] {
  const shown = activeIncident(state);
  const real = warned(state).some(({ exercise }) => !exercise);
  if (shown?.exercise && real) return [];
  return state.alerts.filter(isWaiting).map((one) => {
    const incident = state.incidents.find(({ id }) => id === one.incident_id) ?? null;
    return { is: "alert", incident, one, at: Date.parse(one.opened_at ?? "") || 0 };
  });
}

/** What has to be reported next, of the incident that has least time left; null where nothing has. */
export function dueNext(state: Readonly<State>, now: number): DueNext | null {
  if (state.replay) return null;
  const next = warned(state).flatMap((incident) => {
    const held = state.duty.deadlines[incident.id];
    const coming = (held?.deadlines ?? []).filter((one) => urgency(one, null, now) !== "missed");
    const one = nextDue(coming, now);
    return one && held
      ? [{ incident, one, near: urgency(one, held.received_at, now) === "soon" }]
      : [];
  });
  return next.sort((a, b) => Date.parse(a.one.due_at) - Date.parse(b.one.due_at))[0] ?? null;
}

/** What is read anew when a table changes. */
const TOUCHED: Readonly<Record<string, readonly ("deadlines" | "proposals" | "calls")[]>> = {
  incident: ["deadlines"],
  bulletin: ["deadlines"],
  deadline: ["deadlines"],
  proposal: ["proposals"],
  call: ["calls"],
};
const ALL = ["deadlines", "proposals", "calls"] as const;

/** Read what stands against each incident that a wall warns of, and follow it. */
export function watchAlarms(): void {
  let known = new Set<string>();
  const look = (): void => {
    const now = new Set(warned(store.state).map(({ id }) => id));
    for (const id of now) if (!known.has(id)) read(id, ALL);
    known = now;
  };
  hear((change) => {
    if (change === null || change.layer === "deadline_rule") for (const id of known) read(id, ALL);
    else take(change, known);
  });
  store.subscribe((_, changed) => {
    if (changed.has("incidents") && !store.state.replay) look();
  });
  look();
}

function take({ layer, feature, incident }: Change, known: ReadonlySet<string>): void {
  const of = layer === "incident" ? feature : incident;
  if (of && known.has(of)) read(of, TOUCHED[layer] ?? []);
}

function read(incident: string, parts: readonly (typeof ALL)[number][]): void {
  for (const part of parts)
    soon(`${part} ${incident}`, () =>
      part === "calls" ? readCalls(incident) : readPart(part, incident),
    );
}
