/** Ordering a pack from the server: where, what, how large, and what became of it. */
import * as api from "../api/packs";
import { t } from "../text/i18n";
import { draw } from "./drawing";
import { attempt, tell } from "./notices";
import type { Packing, PartName } from "./packing_state";
import type { District } from "./planner";
import { store } from "./state";

const PAUSE_MS = 500;
const FOLLOW_MS = 1500;

/** Change the order; its size is estimated anew once nothing more is changed for a moment. */
export function order(change: Partial<Packing>): void {
  store.set({ packing: { ...store.state.packing, ...change } });
  estimateSoon();
}

function patch(change: Partial<Packing>): void {
  store.set({ packing: { ...store.state.packing, ...change } });
}

export function drawPackArea(): void {
  draw("polygon", (area) => {
    order({ area, district: null });
    showArea();
  });
}

/** Take what the map shows as the area. */
export function packView(): void {
  const { bounds } = store.state;
  if (!bounds) return;
  const [west, south, east, north] = bounds;
  const ring = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
  order({ area: { type: "Polygon", coordinates: [ring] }, district: null });
  showArea();
}

export function packDistrict(district: District): void {
  order({ district, area: null });
  showArea();
}

export function showArea(): void {
  store.set({ overlay: { ...store.state.overlay, area: store.state.packing.area } });
}

export function togglePackLayer(name: string): void {
  const layers = new Set(store.state.packing.layers);
  if (!layers.delete(name)) layers.add(name);
  order({ layers });
}

export function togglePart(name: PartName): void {
  const parts = new Set(store.state.packing.parts);
  if (!parts.delete(name)) parts.add(name);
  order({ parts });
}

/** What the server is asked for; null while it has not been said where. */
export function packBody(packing: Packing): api.PackContent | null {
  const { area, district, layers, minzoom, maxzoom, parts } = packing;
  if ((!area && !district) || parts.size === 0 || minzoom > maxzoom) return null;
  return {
    ...(district ? { region: district.code } : { area }),
    ...(layers.size > 0 ? { layers: [...layers].sort() } : {}),
    minzoom,
    maxzoom,
    parts: [...parts],
  };
}

let due: ReturnType<typeof setTimeout> | undefined;
let running: AbortController | null = null;

function estimateSoon(): void {
  clearTimeout(due);
  running?.abort();
  const body = packBody(store.state.packing);
  patch({ estimate: null, estimating: body !== null });
  if (body) due = setTimeout(() => void estimate(body), PAUSE_MS);
}

async function estimate(body: api.PackContent): Promise<void> {
  const control = new AbortController();
  running = control;
  const found = await attempt(() => api.estimatePack(body, control.signal));
  if (running === control) patch({ estimate: found, estimating: false });
}

export async function makePack(name: string): Promise<void> {
  const { packing } = store.state;
  const body = packBody(packing);
  if (!body || packing.busy) return;
  patch({ busy: true });
  const made = await attempt(() => api.makePack({ ...body, name, expires_days: packing.days }));
  patch({ busy: false });
  if (!made) return;
  tell(t("packing.ordered", { name: made.name }), "good");
  await readMade();
}

let following: ReturnType<typeof setTimeout> | undefined;

/** Read the packs that were ordered, and again while one of them is being made. */
export async function readMade(): Promise<void> {
  clearTimeout(following);
  const answer = await attempt(api.getPacks);
  if (!answer) return;
  patch({ made: answer.packs });
  if (answer.packs.some(({ status }) => status === "waiting" || status === "making"))
    following = setTimeout(() => void readMade(), FOLLOW_MS);
}

export async function removeMade(id: string): Promise<void> {
  await attempt(() => api.removePack(id));
  await readMade();
}

export function downloadMade(id: string): void {
  // The browser's own download goes on by itself where it was cut.
  const link = document.createElement("a");
  link.href = api.packFileAddress(id);
  link.download = "";
  link.click();
}
