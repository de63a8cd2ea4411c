/** Ways between two places: the fastest with its steps, others beside it, one chosen and drawn. */
import type { Position } from "geojson";
import type { Arrival } from "../api/assessment";
import * as api from "../api/roads";
import type { WireCollection } from "../api/wire";
import { fly } from "./browse";
import { noAnswer, type Ways } from "./command";
import { boxOf } from "./geodesy";
import { attempt } from "./notices";
import { activeIncident, activePlan, store } from "./state";

export const OTHERS = 2;
/** Whose ways they are that belong to no arrival. */
export const TOOL = "tool";
let asking: AbortController | null = null;

/** Ask for the ways of an arrival of the plan; a second press puts them away. */
export async function showArrivalWays(arrival: Arrival): Promise<void> {
  const incident = activeIncident(store.state);
  if (store.state.ways?.of === arrival.id) {
    clearWays();
    return;
  }
  if (!incident || arrival.lon === null || arrival.lat === null) return;
  // The plan's own approach: another one would give times beside those that the list shows.
  const meet = activePlan(store.state)?.approach ?? incident;
  const [there, here] = [
    [arrival.lon, arrival.lat],
    [meet.lon, meet.lat],
  ];
  const outward = arrival.direction === "from";
  await askWays(arrival.id, {
    from: outward ? here : there,
    to: outward ? there : here,
    vehicle: arrival.vehicle ?? "fire_engine",
    incident: incident.id,
    alternatives: OTHERS,
  });
}

/** Ask and draw; the last question wins. */
export async function askWays(of: string, asked: api.RouteQuestion): Promise<boolean> {
  asking?.abort();
  const control = new AbortController();
  asking = control;
  store.set({ ways: { of, list: [], chosen: 0, asked }, answer: noAnswer });
  if (of === TOOL) store.set({ focus: null });
  const list = await attempt(() => api.getWays(asked, control.signal));
  if (asking !== control) return false;
  if (!list) {
    clearWays();
    return false;
  }
  keep({ of, list, chosen: 0, asked });
  frame(list);
  return true;
}

/** Closures have changed: the same question again, where one is shown. */
export async function askWaysAgain(): Promise<void> {
  const { ways } = store.state;
  if (!ways) return;
  const list = await attempt(() => api.getWays(ways.asked));
  if (list && store.state.ways?.of === ways.of) keep({ ...ways, list, chosen: 0 });
}

export function chooseWay(chosen: number): void {
  const { ways } = store.state;
  if (ways) keep({ ...ways, chosen });
}

export function clearWays(): void {
  asking = null;
  store.set({ ways: null, answer: noAnswer });
}

function keep(ways: Ways): void {
  store.set({ ways, answer: drawn(ways) });
}

/** The ways as the map draws them: the chosen one on top, with its ends. */
export function drawn({ list, chosen, asked }: Ways): WireCollection {
  const line = (way: api.Way, role: string) => ({
    type: "Feature" as const,
    geometry: way.line,
    properties: { role },
  });
  const end = (at: Position | undefined, icon: string) =>
    at
      ? [
          {
            type: "Feature" as const,
            geometry: { type: "Point" as const, coordinates: at },
            properties: { role: "end", icon, label: "" },
          },
        ]
      : [];
  const best = list[chosen];
  return {
    type: "FeatureCollection",
    features: [
      ...list.filter((_, at) => at !== chosen).map((way) => line(way, "other")),
      ...(best ? [line(best, "way")] : []),
      ...end(asked.from, "way-from"),
      ...end(best?.line.coordinates.at(-1) ?? asked.to, "way-to"),
    ],
  };
}

function frame(list: readonly api.Way[]): void {
  const line = list.flatMap((way) => way.line.coordinates);
  const box = boxOf({ type: "LineString", coordinates: line });
  if (box) fly({ to: "box", west: box[0], south: box[1], east: box[2], north: box[3] });
}
