/** What a printed map says of an incident's plots: one key for each look that is on the sheet. */
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

/** The looks of the plots that lie in a box of degrees, the topmost first. */
export function plotKeys(
  plots: Iterable<Plot>,
  [west, south, east, north]: readonly [number, number, number, number],
): PlotKey[] {
  const found = new Map<string, PlotKey>();
  for (const plot of [...plots].sort((one, other) => other.order - one.order)) {
    const box = PLAIN.has(plot.kind) ? null : boxOf(plot.geometry);
    if (!box || box[0] > east || box[2] < west || box[1] > north || box[3] < south) continue;
    const { symbol, cordon, colour } = plot.properties;
    const look = JSON.stringify([plot.kind, symbol, cordon, colour]);
    const key = found.get(look);
    if (key) key.count += 1;
    else found.set(look, { plot, count: 1 });
  }
  return [...found.values()];
}
