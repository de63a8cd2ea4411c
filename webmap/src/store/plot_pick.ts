/** Choosing among plots: one, several, a whole group, a corner, the next one by key. */
import type { Position } from "geojson";
import type { Plot } from "../api/plots";
import { boxOf } from "./geodesy";
import { type Grip, grips } from "./plot_handles";
import { plotStore } from "./plot_state";

/** A plot of a group stands for the group. */
function withGroup(id: string): string[] {
  const { plots } = plotStore.state;
  const group = plots.get(id)?.group;
  if (!group) return [id];
  return [...plots.values()].filter((plot) => plot.group === group).map((plot) => plot.id);
}

/** Select what was pressed, nothing where nothing was; `more` adds it or takes it out. */
export function pick(id: string | null, { more = false } = {}): void {
  const { selection } = plotStore.state;
  if (!id) {
    if (!more) plotStore.set({ selection: new Set(), corner: null });
    return;
  }
  const ids = withGroup(id);
  const next = new Set(more ? selection : []);
  for (const one of ids)
    if (more && selection.has(id)) next.delete(one);
    else next.add(one);
  plotStore.set({ selection: next, corner: null });
}

export function pickAll(): void {
  plotStore.set({ selection: new Set(plotStore.state.plots.keys()), corner: null });
}

/** Select all that lies in a frame. */
export function pickFramed([lon1 = 0, lat1 = 0]: Position, [lon2 = 0, lat2 = 0]: Position): void {
  const [west, east] = [Math.min(lon1, lon2), Math.max(lon1, lon2)];
  const [south, north] = [Math.min(lat1, lat2), Math.max(lat1, lat2)];
  const inside = ({ geometry }: Plot): boolean => {
    const [w, s, e, n] = boxOf(geometry) ?? [181, 91, 181, 91];
    return w >= west && e <= east && s >= south && n <= north;
  };
  const found = [...plotStore.state.plots.values()].filter(inside);
  plotStore.set({
    selection: new Set([...plotStore.state.selection, ...found.flatMap(({ id }) => withGroup(id))]),
    corner: null,
  });
}

/** Select the next or the one before, in the order of the pile. */
export function pickNext(step: 1 | -1): void {
  const pile = pileOf([...plotStore.state.plots.values()]);
  const [chosen] = plotStore.state.selection;
  const at = pile.findIndex(({ id }) => id === chosen);
  const next =
    pile[at < 0 ? (step > 0 ? 0 : pile.length - 1) : (at + step + pile.length) % pile.length];
  if (next) plotStore.set({ selection: new Set([next.id]), corner: null });
}

/** The topmost first. */
export const pileOf = (plots: readonly Plot[]): Plot[] =>
  [...plots].sort((a, b) => b.order - a.order || a.id.localeCompare(b.id));

export const corners = (plot: Plot): Grip[] => grips(plot).filter(({ kind }) => kind !== "middle");

export function pickCorner(plot: Plot, grip: Grip): void {
  const at = corners(plot).findIndex(
    ({ kind, path }) => kind === grip.kind && path.join() === grip.path.join(),
  );
  plotStore.set({ corner: at < 0 ? null : at });
}

/** Go round the corners of a shape. */
export function stepCorner(plot: Plot, step: 1 | -1): void {
  const { corner } = plotStore.state;
  const count = corners(plot).length;
  if (count === 0) return;
  plotStore.set({
    corner: corner === null ? (step > 0 ? 0 : count - 1) : (corner + step + count) % count,
  });
}
