/** Two images of one place, each on its side of a line that a person moves. */
import type { Raster } from "../api/ground";
import { toggleLaid } from "./ground";
import type { Swipe } from "./ground_state";
import { store } from "./state";

function set(swipe: Swipe | null): void {
  store.set({ ground: { ...store.state.ground, swipe } });
}

/** Images by when they were taken, the oldest first: what can be compared. */
export function images(rasters: readonly Raster[]): Raster[] {
  const taken = (raster: Raster): string => raster.taken_at ?? raster.source_date ?? "";
  return rasters
    .filter(({ kind }) => kind === "imagery")
    .sort((a, b) => taken(a).localeCompare(taken(b)));
}

/** Begin with the oldest on the left and the newest on the right. */
export function beginSwipe(): void {
  const found = images(store.state.ground.rasters);
  const [oldest] = found;
  const newest = found.at(-1);
  if (oldest && newest && oldest !== newest) compare(`raster:${oldest.id}`, `raster:${newest.id}`);
}

/** Compare two rasters; either is laid on the ground where it is not yet. */
export function compare(left: string, right: string): void {
  if (left === right) return;
  for (const key of [left, right])
    if (!store.state.ground.choices.some((one) => one.key === key)) toggleLaid(key);
  set({ left, right, at: store.state.ground.swipe?.at ?? 0.5 });
}

export function endSwipe(): void {
  set(null);
}

/** Move the line to a share of the map's width. */
export function moveSwipe(at: number): void {
  const { swipe } = store.state.ground;
  if (swipe && Number.isFinite(at)) set({ ...swipe, at: Math.min(1, Math.max(0, at)) });
}
