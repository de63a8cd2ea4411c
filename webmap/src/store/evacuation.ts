/** The evacuation of the incident that is open: proposed, drawn, and made into orders. */
import type { Evacuation, Move } from "../api/evacuation";
import { getEvacuation } from "../api/evacuation";
import { newId } from "../api/ids";
import type { Assignment } from "../api/tasks";
import type { WireCollection } from "../api/wire";
import { count } from "../text/format";
import { nameOf } from "../text/i18n";
import { noAnswer } from "./command";
import { attempt } from "./notices";
import { activeIncident, store } from "./state";
import { order } from "./tasks";

export async function askEvacuation(vehicle: "coach" | "foot"): Promise<void> {
  const incident = activeIncident(store.state);
  if (!incident) return;
  const key = newId();
  const empty = {
    incident: incident.id,
    vehicle,
    answer: null,
    left: new Set<number>(),
    shown: null,
  };
  store.set({ evacuation: { ...empty, key, busy: true }, ways: null, answer: noAnswer });
  const answer = await attempt(() => getEvacuation(incident.id, vehicle));
  if (store.state.evacuation?.key !== key) return;
  store.set({ evacuation: { ...empty, key, answer, busy: false } });
  if (answer) store.set({ answer: drawn(answer, null) });
}

export function openEvacuation(): void {
  store.set({ dialog: "evacuation" });
  void askEvacuation("coach");
}

export function closeEvacuation(): void {
  store.set({ evacuation: null, dialog: null, answer: noAnswer });
}

/** Bring out one group's way among all. */
export function showMove(order: number): void {
  const { evacuation } = store.state;
  if (!evacuation?.answer) return;
  const shown = evacuation.shown === order ? null : order;
  store.set({ evacuation: { ...evacuation, shown }, answer: drawn(evacuation.answer, shown) });
}

export function toggleMove(order: number): void {
  const { evacuation } = store.state;
  if (!evacuation) return;
  const left = new Set(evacuation.left);
  if (!left.delete(order)) left.add(order);
  store.set({ evacuation: { ...evacuation, left } });
}

/** All ways to the shelters that are used, each with its order; the chosen one on top. */
export function drawn({ routes, shelters }: Evacuation, shown: number | null): WireCollection {
  const lines = routes.features.map(({ geometry, properties }) => ({
    type: "Feature" as const,
    geometry,
    properties: {
      role: properties.order === shown ? "way" : "leave",
      label: String(properties.order),
    },
  }));
  const places = shelters
    .filter(({ taken }) => taken > 0)
    .map((one) => ({
      type: "Feature" as const,
      geometry: { type: "Point" as const, coordinates: [one.lon, one.lat] },
      properties: {
        role: "shelter",
        icon: "resource-shelter",
        label: `${nameOf(one) ?? ""}\n${count(one.taken)} / ${count(one.places)}`,
      },
    }));
  const last = (role: string): number => (role === "way" ? 1 : 0);
  lines.sort((a, b) => last(a.properties.role) - last(b.properties.role));
  return { type: "FeatureCollection", features: [...lines, ...places] };
}

/** One order a group: to its shelter, so many places of it. */
export function assignmentOf(move: Move, { shelters }: Evacuation): Assignment {
  const to = shelters.find(({ id }) => id === move.id);
  return {
    task: newId(),
    task_kind: "evacuate",
    title: nameOf(move.from) ?? move.from.id,
    layer: "resource",
    id: move.id,
    what: "people",
    amount: move.amount,
    unit: "person",
    travel_time_s: move.travel_time_s,
    ...(to ? { lon: to.lon, lat: to.lat } : {}),
  };
}

export async function orderEvacuation(): Promise<void> {
  const { evacuation } = store.state;
  if (!evacuation?.answer) return;
  const { answer, left, incident } = evacuation;
  store.set({ evacuation: { ...evacuation, busy: true } });
  const chosen = answer.moves.filter((move) => !left.has(move.order));
  const given = await order(
    incident,
    chosen.map((move) => assignmentOf(move, answer)),
  );
  if (given) {
    closeEvacuation();
    store.set({ tab: "tasks" });
  } else store.set({ evacuation: { ...evacuation, busy: false } });
}
