/** Whose doing a plot is: this tab's own need not be shown, and only that is taken back here. */
import { plotStore } from "./plot_state";

const FRESH_MS = 3000;

/** Versions that plots of this page got when they were made. */
const born = new Map<string, number>();
/** Plots and the versions that this page gave them. */
const own = new Set<string>();

/** Remember a version that this page gave a plot; the first one is the one it was made in. */
export function giveVersion(id: string, version: number): void {
  own.add(`${id} ${version}`);
  if (!born.has(id)) born.set(id, version);
}

export const isOwn = (id: string, version: number): boolean => own.has(`${id} ${version}`);

/** The version in which this page made a plot, or first changed it. */
export const bornIn = (id: string): number | undefined => born.get(id);

/** Somebody else, or another tab, has changed a plot since this page first did. */
export function othersSince(id: string, version: number): boolean {
  for (let at = born.get(id) ?? version + 1; at <= version; at++) if (!isOwn(id, at)) return true;
  return false;
}

/** Show for a moment that somebody else has changed a plot, and who it was. */
export function showFresh(id: string, by: string): void {
  plotStore.set({ fresh: new Map(plotStore.state.fresh).set(id, by) });
  setTimeout(() => {
    const fresh = new Map(plotStore.state.fresh);
    fresh.delete(id);
    plotStore.set({ fresh });
  }, FRESH_MS);
}
