/** The tools that ask about roads: ways, how far one comes, coverage, cuts, a cordon. */
import type { Position } from "geojson";
import * as api from "../api/roads";
import type { WireCollection } from "../api/wire";
import { distance, minutes } from "../text/format";
import { t } from "../text/i18n";
import { fly } from "./browse";
import type { Asked, ToldRow } from "./command";
import { draw } from "./drawing";
import { boxOf } from "./geodesy";
import { attempt } from "./notices";
import { cordon, coverage, cuts } from "./resilience";
import { activeIncident, store } from "./state";
import { askWays, clearWays, OTHERS, TOOL } from "./ways";

export const ROAD_MODES = ["closing", "route", "reach", "coverage", "cuts", "cordon"] as const;
/** Whose coverage is asked for: kinds of teams, and hospitals. */
export const SERVING = [
  "team:fire",
  "team:medical",
  "team:chemical",
  "team",
  "resource:hospital",
] as const;
export const BANDS_MIN = [5, 10, 15, 30] as const;

export function askMode(mode: Asked["mode"]): void {
  if (mode !== store.state.asked.mode) clearAsked();
  editAsked({ mode });
}

export function editAsked(patch: Partial<Asked>): void {
  store.set({ asked: { ...store.state.asked, ...patch } });
}

export function clearAsked(): void {
  clearWays();
  editAsked({ from: null, to: null, told: null, busy: false });
}

/** The next press on the map is an end of the way. */
export function pickEnd(name: "from" | "to"): void {
  draw("point", (geometry) => {
    if (geometry.type !== "Point") return;
    clearWays();
    editAsked({ [name]: geometry.coordinates, told: null });
    store.set({ answer: { type: "FeatureCollection", features: ends(store.state.asked) } });
  });
}

export async function askRoads(): Promise<void> {
  const { asked } = store.state;
  editAsked({ busy: true, told: null });
  if (asked.mode === "route") await askRoute(asked);
  else if (asked.mode === "reach") await askReach(asked);
  else await askResilience(asked);
  editAsked({ busy: false });
}

/** Coverage, cuts and cordons of the network under the middle of the map. */
async function askResilience({ mode, vehicle, serving }: Asked): Promise<void> {
  const { view } = store.state;
  const incident = incidentId();
  if (!view || (mode === "cordon" && incident === null)) return;
  const at = [view.lon, view.lat];
  const found = await attempt(() => {
    if (mode === "coverage")
      return coverage({ at, vehicle, serving, incident, minutes: BANDS_MIN });
    return mode === "cuts" ? cuts({ at, vehicle, incident }) : cordon(incident ?? "");
  });
  if (!found) return;
  show(found.drawn);
  editAsked({ told: found.told });
}

const incidentId = (): string | null => activeIncident(store.state)?.id ?? null;

async function askRoute({ from, to, vehicle }: Asked): Promise<void> {
  if (from && to)
    await askWays(TOOL, { from, to, vehicle, incident: incidentId(), alternatives: OTHERS });
}

async function askReach({ from, vehicle }: Asked): Promise<void> {
  if (!from) return;
  const found = await attempt(() =>
    api.getReach({ at: from, minutes: BANDS_MIN, vehicle, incident: incidentId() }),
  );
  if (!found) return;
  const drawn = banded(found.drawn, "reach");
  show({ ...drawn, features: [...drawn.features, ...ends({ from, to: null })] });
  editAsked({
    told: {
      title: t("reach.title"),
      rows: reachRows(drawn),
      notes: found.messages.map(({ text }) => text),
    },
  });
}

/** How much road is reached within each of the times. */
function reachRows({ features }: WireCollection): ToldRow[] {
  return features
    .filter(({ properties: { role } }) => role === "reach")
    .map(({ properties: { band, label, road_length_m: length } }) => ({
      name: String(label),
      note: "",
      value: t("reach.road", { length: distance(Number(length)) }),
      at: null,
      band: Number(band),
    }));
}

/** The places that were pressed, before anything is found. */
function ends({ from, to }: Pick<Asked, "from" | "to">): WireCollection["features"] {
  const point = (at: Position | null, icon: string): WireCollection["features"] =>
    at === null
      ? []
      : [
          {
            type: "Feature",
            geometry: { type: "Point", coordinates: at },
            properties: { role: "end", icon, label: "" },
          },
        ];
  return [...point(from, "way-from"), ...point(to, "way-to")];
}

/** Each area in the band of its minutes, written on its edge; its roads beside it. */
export function banded(found: WireCollection, role: string): WireCollection {
  const steps = [...new Set(found.features.map(({ properties: { minutes } }) => Number(minutes)))];
  steps.sort((a, b) => a - b);
  return {
    type: "FeatureCollection",
    features: found.features.map((one) => {
      const line = one.geometry.type.endsWith("LineString");
      const reach = Number(one.properties.minutes);
      return {
        ...one,
        properties: {
          ...one.properties,
          role: line ? `${role}-line` : role,
          band: steps.indexOf(reach),
          ...(line ? {} : { label: minutes(reach * 60) }),
        },
      };
    }),
  };
}

/** Draw an answer and bring all of it into view. */
export function show(answer: WireCollection): void {
  store.set({ answer });
  const boxes = answer.features.flatMap(({ geometry }) => boxOf(geometry) ?? []);
  const every = (axis: number): number[] => boxes.filter((_, at) => at % 4 === axis);
  if (boxes.length === 0) return;
  fly({
    to: "box",
    west: Math.min(...every(0)),
    south: Math.min(...every(1)),
    east: Math.max(...every(2)),
    north: Math.max(...every(3)),
  });
}
