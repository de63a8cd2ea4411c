/** Who should go where: demand of one or several incidents, a proposal at once, then the best one. */
import * as api from "../api/dispatch";
import { newId } from "../api/ids";
import type { Assignment } from "../api/tasks";
import type { Dispatching } from "./command";
import { attempt } from "./notices";
import { activeIncident, store } from "./state";
import { destinationOf, order } from "./tasks";

export const WHATS = ["team", "vehicle", "people", "skill", "stock"] as const;
let asking: AbortController | null = null;

const fresh: api.Demand = { what: "vehicle", name: "", amount: 1, unit: "" };

/** Open the dialog; the incident that is open asks first. */
export function openDispatch(): void {
  const incident = activeIncident(store.state);
  if (!incident) return;
  const held = store.state.dispatching;
  const dispatching: Dispatching = held?.demands[incident.id]
    ? held
    : {
        demands: { [incident.id]: [fresh] },
        proposal: null,
        left: new Set(),
        solving: null,
        keys: {},
      };
  store.set({ dialog: "dispatch", dispatching });
}

export function closeDispatch(): void {
  asking?.abort();
  store.set({ dialog: null });
}

function edit(patch: Partial<Dispatching>): void {
  const { dispatching } = store.state;
  if (dispatching) store.set({ dispatching: { ...dispatching, ...patch } });
}

/** One more incident asks, or one of several no longer does. */
export function toggleIncident(id: string): void {
  const demands = { ...store.state.dispatching?.demands };
  if (!demands[id]) demands[id] = [fresh];
  else if (Object.keys(demands).length > 1) delete demands[id];
  edit({ demands, proposal: null });
}

export function editDemand(incident: string, at: number, patch: Partial<api.Demand> | null): void {
  const demands = store.state.dispatching?.demands ?? {};
  const rows = demands[incident] ?? [];
  const next =
    patch === null
      ? rows.filter((_, index) => index !== at)
      : rows.map((row, index) => (index === at ? { ...row, ...patch } : row));
  edit({ demands: { ...demands, [incident]: next }, proposal: null });
}

export function addDemand(incident: string): void {
  const demands = store.state.dispatching?.demands ?? {};
  edit({ demands: { ...demands, [incident]: [...(demands[incident] ?? []), fresh] } });
}

/** A row that names nothing, or no amount, asks nothing. */
export function isAsked({ what, name, amount, unit }: api.Demand): boolean {
  return name.trim() !== "" && amount > 0 && (what !== "stock" || unit.trim() !== "");
}

/** The incidents that ask for something, with what they ask for. */
export function asked({ demands }: Dispatching): { id: string; demand: api.Demand[] }[] {
  return Object.entries(demands)
    .map(([id, rows]) => ({ id, demand: rows.filter(isAsked) }))
    .filter(({ demand }) => demand.length > 0);
}

/** The greedy answer at once; the best one takes its place when it has been found. */
export async function proposeDispatch(): Promise<void> {
  const { dispatching } = store.state;
  if (!dispatching) return;
  asking?.abort();
  const control = new AbortController();
  asking = control;
  const incidents = asked(dispatching);
  edit({
    proposal: null,
    left: new Set(),
    solving: "greedy",
    keys: Object.fromEntries(incidents.map(({ id }) => [id, newId()])),
  });
  for (const solve of ["greedy", "optimal"] as const) {
    const proposal = await attempt(() => api.propose({ incidents, solve }, control.signal));
    if (asking !== control || control.signal.aborted) return;
    if (!proposal) break;
    edit({ proposal, left: new Set(), solving: solve === "greedy" ? "optimal" : null });
  }
  edit({ solving: null });
}

/** Which of a proposal is ordered: all of it, until one is left out. */
export function toggleProposed(index: number): void {
  const left = new Set(store.state.dispatching?.left);
  if (!left.delete(index)) left.add(index);
  edit({ left });
}

/** Make orders of what is chosen, an incident at a time: each all or nothing. */
export async function acceptProposal(): Promise<void> {
  const { dispatching } = store.state;
  if (!dispatching?.proposal) return;
  const chosen = dispatching.proposal.assignments.filter((_, at) => !dispatching.left.has(at));
  edit({ solving: "ordering" });
  for (const incident of new Set(chosen.map((one) => one.incident))) {
    const there = dispatching.proposal.incidents.find(({ id }) => id === incident)?.approach;
    const mine = chosen
      .filter((one) => one.incident === incident)
      .map((one) => ({ ...assignmentOf(one), ...destinationOf(there) }));
    if (!(await order(incident, mine, dispatching.keys[incident]))) {
      edit({ solving: null });
      return;
    }
  }
  store.set({ dialog: null, dispatching: null, tab: "tasks" });
}

/** What names the thing that is given; a whole team and its people need no name. */
const NAMED: Readonly<Record<string, "item" | "kind">> = {
  stock: "item",
  skill: "item",
  vehicle: "kind",
};

export function assignmentOf(one: api.Proposed): Assignment {
  const field = NAMED[one.what];
  return {
    layer: one.layer,
    id: one.id,
    what: one.what,
    amount: one.amount,
    unit: one.unit,
    ...(field && one.item ? { [field]: one.item } : {}),
    ...(one.stock_id ? { row: one.stock_id } : {}),
    ...(one.travel_time_s === null ? {} : { travel_time_s: one.travel_time_s }),
    ...(one.vehicle === null ? {} : { vehicle: one.vehicle }),
  };
}
