/** Measuring: presses, and what lies between them on the ellipsoid. */
import type { Position } from "geojson";
import { between, legs, lineLength, polygonArea } from "./plot_geodesic";
import { FORMS, type Form } from "./plot_grids";
import { type MeasureKind, type Measuring, plotStore } from "./plot_state";
import { store } from "./state";

const KEY = "onemap-coordinate-form";

export function beginMeasure(kind: MeasureKind): void {
  plotStore.set({ measuring: { kind, points: [], done: false }, pointer: null });
}

export function endMeasure(): void {
  plotStore.set({ measuring: null, pointer: null, cursor: null });
}

/** The next place; a bearing takes two, a double press ends the others. */
export function addMeasure(at: Position, { last = false } = {}): void {
  const { measuring } = plotStore.state;
  if (!measuring) return;
  if (measuring.done) {
    plotStore.set({ measuring: { ...measuring, points: [at], done: false } });
    return;
  }
  // The first press of a double press has set the place.
  const points = last ? measuring.points : [...measuring.points, at];
  const done = last || (measuring.kind === "bearing" && points.length === 2);
  plotStore.set({ measuring: { ...measuring, points, done } });
}

/** Measure from where the crosshair of the keys stands. */
export function measureCursor(): void {
  const { view } = store.state;
  const at = plotStore.state.cursor ?? (view ? [view.lon, view.lat] : null);
  if (!at) return;
  plotStore.set({ cursor: at });
  addMeasure(at);
}

export function moveMeasure(pointer: Position): void {
  plotStore.set({ pointer });
}

export function stopMeasure(): void {
  const { measuring } = plotStore.state;
  if (measuring) plotStore.set({ measuring: { ...measuring, done: true }, pointer: null });
}

export function dropMeasure(): void {
  const { measuring } = plotStore.state;
  if (measuring)
    plotStore.set({
      measuring: { ...measuring, points: measuring.points.slice(0, -1), done: false },
    });
}

export interface Measured {
  legs: readonly { distance_m: number; bearing_deg: number }[];
  length_m: number;
  area_m2: number | null;
  bearing_deg: number | null;
}

export function measured({ kind, points }: Measuring): Measured {
  const [first, last] = [points[0], points.at(-1)];
  const ring = kind === "area" && first && points.length > 2;
  return {
    legs: legs(points),
    length_m: lineLength(ring ? [...points, first] : points),
    area_m2: ring ? polygonArea([points]) : null,
    bearing_deg:
      first && last && points.length > 1 ? (between(first, last)?.bearing_deg ?? null) : null,
  };
}

/** In which form the map tells where the pointer is; kept on this device. */
export function chooseForm(form: Form): void {
  localStorage.setItem(KEY, form);
  plotStore.set({ form });
}

export function recallForm(): void {
  const kept = FORMS.find((form) => form === localStorage.getItem(KEY));
  if (kept) plotStore.set({ form: kept });
}
