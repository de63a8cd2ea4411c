/** What a map's legend says of an incident's plots: one key for each look that is on the sheet. */
import type { Geometry } from "geojson";
import type { Plot } from "../api/plots";
import { boxOf } from "./geodesy";
import { plotStore } from "./plot_state";
import { store } from "./state";

export interface PlotKey {
  /** One of those that look like this. */
  plot: Plot;
  count: number;
}

/** Words that stand on the map themselves. */
const PLAIN: ReadonlySet<string> = new Set(["text", "dimension"]);

/** Wait until the plots of the incident that is printed are known. */
export function plotsKnown(): Promise<void> {
  if (store.state.incident === null || plotStore.state.loaded) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = plotStore.subscribe(({ loaded }) => {
      if (!loaded) return;
      stop();
      resolve();
    });
  });
}

const boxes = new WeakMap<Geometry, ReturnType<typeof boxOf>>();

/** Tell whether a shape's box meets a box of degrees; each shape is measured once. */
export function meets(
  shape: Geometry,
  [west, south, east, north]: readonly [number, number, number, number],
): boolean {
  const box = boxes.get(shape) ?? boxOf(shape);
  boxes.set(shape, box);
  return box !== null && box[0] <= east && box[2] >= west && box[1] <= north && box[3] >= south;
}

/** The looks of the plots that lie in a box of degrees, the topmost first. */
export function plotKeys(
  plots: Iterable<Plot>,
  [west, south, east, north]: readonly [number, number, number, number],
): PlotKey[] {
  const found = new Map<string, PlotKey>();
  for (const plot of [...plots].sort((one, other) => other.order - one.order)) {
    if (PLAIN.has(plot.kind) || !meets(plot.geometry, [west, south, east, north])) continue;
    const { symbol, cordon, colour } = plot.properties;
    const look = JSON.stringify([plot.kind, symbol, cordon, colour]);
    const key = found.get(look);
    if (key) key.count += 1;
    else found.set(look, { plot, count: 1 });
  }
  return [...found.values()];
}
