/** Edits of plots as a person makes them, each with what takes it back. */
import { newId } from "../api/ids";
import type * as api from "../api/plots";
import type { Fields, Plot } from "../api/plots";
import { t } from "../text/i18n";
import { looksBack } from "./looking";
import { tell } from "./notices";
import { FREE } from "./plot_shapes";
import { type PlotState, plotStore } from "./plot_state";
import { type Edit, submit, takeUp, touchedByOthers } from "./plot_sync";

/** What a person did in one go: undone and done again as one. */
interface Deed {
  steps: readonly Step[];
  ids: readonly string[];
  /** The one operation that did all of it on the server: a one-key plot, an import. */
  whole?: string;
}

/** One plot before and after: null where there was none, or is none. */
interface Step {
  before: Plot | null;
  after: Plot | null;
  set: Fields;
}

const MOST = 200;
/** What was done and undone, by incident: who follows several goes back in the one that is open. */
const stacks = new Map<string | null, { done: Deed[]; undone: Deed[] }>();

function stack(): { done: Deed[]; undone: Deed[] } {
  const { incident } = plotStore.state;
  const held = stacks.get(incident) ?? { done: [], undone: [] };
  stacks.set(incident, held);
  return held;
}

/** Equal in what they say, in whatever order their names come; nothing and null are one. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b || (a ?? null) === (b ?? null)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const [one, other] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => same(one[name], other[name]));
}

/** What a field of the wire holds in a plot. */
export function fieldOf(plot: Plot, name: string): unknown {
  switch (name) {
    case "control":
      return plot.control;
    case "geometry":
      return plot.geometry;
    case "order":
      return plot.order;
    case "locked":
      return plot.locked;
    case "group":
      return plot.group;
    default:
      return plot.properties[name] ?? null;
  }
}

function act(steps: readonly Step[]): void {
  if (steps.length > 0) did({ steps, ids: submit(steps.map((step) => edit(step))) });
}

function did(deed: Deed): void {
  const held = stack();
  held.done = [...held.done, deed].slice(-MOST);
  held.undone = [];
  count();
}

/** Let the server draw several plots in one go: it is undone and done again as one step. */
export async function drawAtOnce<T extends api.Deed>(ask: () => Promise<T>): Promise<T> {
  const { incident, plots: before } = plotStore.state;
  const made = await ask();
  if (plotStore.state.incident !== incident) return made;
  takeUp(made);
  const steps = [
    ...made.plots.flatMap((after): Step[] => {
      const was = before.get(after.id) ?? null;
      if (made.drawn.includes(after.id)) return [{ before: null, after, set: wholeOf(after) }];
      return was ? [{ before: was, after, set: differences(was, after) }] : [];
    }),
    ...made.taken_off.flatMap((id): Step[] => {
      const was = before.get(id);
      return was ? [{ before: was, after: null, set: {} }] : [];
    }),
  ];
  if (steps.length > 0) did({ steps, ids: [], whole: made.id });
  return made;
}

function count(): void {
  const { done, undone } = stack();
  plotStore.set({ undo: done.length, redo: undone.length });
}

plotStore.subscribe((_, changed) => {
  if (changed.has("incident")) count();
});

function edit({ before, after, set }: Step, undoes?: string): Edit {
  const because = undoes === undefined ? {} : { undoes };
  if (!after) return { op: { op: "delete", plot: before?.id ?? "", ...because } };
  return { op: { op: "put", plot: after.id, set, ...because } };
}

const top = (state: PlotState): number =>
  Math.max(0, ...[...state.plots.values()].map(({ order }) => order));
const bottom = (state: PlotState): number =>
  Math.min(0, ...[...state.plots.values()].map(({ order }) => order));

/** Everything that makes a plot, as its first edit says it. */
export function wholeOf(plot: Plot): Fields {
  const shape = FREE.has(plot.kind) ? { geometry: plot.geometry } : { control: plot.control };
  const { order, group } = plot;
  return { kind: plot.kind, ...shape, ...plot.properties, order, ...(group ? { group } : {}) };
}

/** Make new plots, on top of the pile; they are selected. */
export function create(given: readonly Fields[]): string[] {
  const from = top(plotStore.state) + 1;
  const steps = given.map((set, at): Step => {
    const whole = { ...set, order: from + at };
    return { before: null, after: { id: newId() } as Plot, set: whole };
  });
  act(steps);
  const ids = steps.map(({ after }) => after?.id ?? "");
  plotStore.set({ selection: new Set(ids), corner: null });
  return ids;
}

/** Set fields of a plot; what it has so already is left out. */
function stepOf(plot: Plot, set: Fields): Step[] {
  const differs = Object.entries(set).filter(([name, value]) => !same(fieldOf(plot, name), value));
  return differs.length === 0
    ? []
    : [{ before: plot, after: plot, set: Object.fromEntries(differs) }];
}

/** Change plots, each in its own way; locked ones are left as they are. */
export function change(plots: readonly Plot[], set: (plot: Plot) => Fields): void {
  const free = unlocked(plots);
  act(free.flatMap((plot) => stepOf(plot, set(plot))));
}

export function unlocked(plots: readonly Plot[]): Plot[] {
  const free = plots.filter(({ locked }) => !locked);
  if (free.length < plots.length) tell(t("plot.locked.told"), "info");
  return free;
}

export function remove(plots: readonly Plot[]): void {
  act(unlocked(plots).map((plot) => ({ before: plot, after: null, set: {} })));
}

/** Locking is the one change that a locked plot takes. */
export function lock(plots: readonly Plot[], locked: boolean): void {
  act(plots.flatMap((plot) => stepOf(plot, { locked })));
}

export function toFront(plots: readonly Plot[]): void {
  const from = top(plotStore.state) + 1;
  const pile = [...plots].sort((a, b) => a.order - b.order);
  change(pile, (plot) => ({ order: from + pile.indexOf(plot) }));
}

export function toBack(plots: readonly Plot[]): void {
  const from = bottom(plotStore.state) - plots.length;
  const pile = [...plots].sort((a, b) => a.order - b.order);
  change(pile, (plot) => ({ order: from + pile.indexOf(plot) }));
}

export function group(plots: readonly Plot[]): void {
  const id = newId();
  if (plots.length > 1) change(plots, () => ({ group: id }));
}

export const ungroup = (plots: readonly Plot[]): void => change(plots, () => ({ group: null }));

/** Bring an earlier version back, as one more edit on top. */
export function bringBack(plot: Plot, then: Plot): void {
  if (unlocked([plot]).length > 0) act(stepOf(plot, differences(plot, then)));
}

/** What must be set for one state of a plot to become another. */
function differences(from: Plot, to: Plot): Fields {
  const set: Record<string, unknown> = {};
  if (!same(from.geometry, to.geometry) || !same(from.control, to.control))
    Object.assign(set, FREE.has(to.kind) ? { geometry: to.geometry } : { control: to.control });
  for (const name of ["order", "locked", "group"])
    if (!same(fieldOf(from, name), fieldOf(to, name))) set[name] = fieldOf(to, name);
  for (const name of new Set([...Object.keys(from.properties), ...Object.keys(to.properties)]))
    if (!same(from.properties[name], to.properties[name])) set[name] = to.properties[name] ?? null;
  return set;
}

/** Bring a plot back that was taken off, by whomever; its lock is gone. */
export function restore(then: Plot): void {
  const plot = { ...then, locked: false, locked_by: null };
  const ids = submit([{ op: { op: "restore", plot: plot.id }, after: plot }]);
  if (ids.length > 0) did({ steps: [{ before: null, after: plot, set: {} }], ids });
  plotStore.set({ selection: new Set([plot.id]), corner: null });
}

export function undo(): void {
  const held = stack();
  const deed = held.done.at(-1);
  if (!deed || looksBack()) return;
  held.done = held.done.slice(0, -1);
  const back = deed.steps.map((step, at) => backward(step, deed.whole ?? deed.ids[at]));
  const edits = back.filter((one) => one !== null);
  const whole = deed.steps.every((step, at) => isWhole(step, back[at] ?? null));
  if (!whole) tell(t("plot.undo.others"), "info");
  if (edits.length > 0) {
    submit(edits);
    held.undone = [...held.undone, deed];
  }
  select(deed);
  count();
}

export function redo(): void {
  const held = stack();
  const deed = held.undone.at(-1);
  if (!deed || looksBack()) return;
  held.undone = held.undone.slice(0, -1);
  const { plots } = plotStore.state;
  const edits = deed.steps.flatMap((step): Edit[] => {
    const { before, after } = step;
    const there = plots.get((after ?? before)?.id ?? "");
    if (before === null && after) {
      const again = graves.get(after.id);
      return again ? [{ op: { op: "restore", plot: after.id }, after: again }] : [];
    }
    return there ? [edit(step, deed.whole)] : [];
  });
  const ids = submit(edits);
  if (edits.length > 0) held.done = [...held.done, { ...deed, ids }];
  select(deed);
  count();
}

/** Plots that were taken back, as they were then. */
const graves = new Map<string, Plot>();

/** The edit that takes a step back; null where somebody else has been there since. */
function backward({ before, after, set }: Step, undoes?: string): Edit | null {
  const because = undoes === undefined ? {} : { undoes };
  const now = plotStore.state.plots.get((after ?? before)?.id ?? "");
  if (!after)
    return before && !now
      ? { op: { op: "restore", plot: before.id, ...because }, after: before }
      : null;
  if (!now) return null;
  if (before === null) {
    if (touchedByOthers(now.id)) return null;
    graves.set(now.id, now);
    return { op: { op: "delete", plot: now.id, ...because } };
  }
  const mine = Object.keys(set).filter((name) => held(now, name, set[name]));
  if (mine.length === 0) return null;
  const earlier = Object.fromEntries(mine.map((name) => [name, fieldOf(before, name)]));
  return { op: { op: "put", plot: now.id, set: earlier, ...because } };
}

/** All that the step did is taken back. */
function isWhole({ before, after, set }: Step, back: Edit | null): boolean {
  const names = Object.keys(back?.op.set ?? {}).length;
  return back !== null && (before === null || !after || names === Object.keys(set).length);
}

/** The plot still has what was set: nobody else has set it otherwise. */
function held(now: Plot, name: string, value: unknown): boolean {
  return same(fieldOf(now, name), value);
}

function select({ steps }: Deed): void {
  const ids = steps.map(({ after, before }) => (after ?? before)?.id ?? "");
  const there = ids.filter((id) => plotStore.state.plots.has(id));
  plotStore.set({ selection: new Set(there), corner: null });
}
