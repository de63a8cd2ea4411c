/** What lies under the features: chosen here, kept in this browser for this person. */
import { ApiError } from "../api/client";
import * as api from "../api/ground";
import { reasonOf } from "../api/tiles";
import { t } from "../text/i18n";
import { type Choice, type Ground, type Laid, LOOKS, type Look } from "./ground_state";
import { attempt, explain, tell } from "./notices";
import { type State, store } from "./state";

const KEPT = "ground";
const LAID_AT_MOST = 12;

function patch(change: Partial<Ground>): void {
  store.set({ ground: { ...store.state.ground, ...change } });
}

/** Take up what this person had chosen here; a wall always has the night's map. */
export function recallGround(wall: boolean): void {
  const kept = wall ? {} : readKept(localStorage.getItem(KEPT));
  patch({ look: "dark", ...kept });
  if (!wall)
    store.subscribe((state, changed) => {
      if (!changed.has("ground")) return;
      const { look, choices } = state.ground;
      localStorage.setItem(KEPT, JSON.stringify({ look, choices }));
    });
}

/** Read what was kept; what another version of the page left there is passed over. */
export function readKept(text: string | null): Partial<Pick<Ground, "look" | "choices">> {
  const kept = parse(text);
  const look = LOOKS.find((one) => one === kept?.look);
  const choices = (Array.isArray(kept?.choices) ? kept.choices : []).flatMap(readChoice);
  return { ...(look ? { look } : {}), choices: choices.slice(0, LAID_AT_MOST) };
}

function parse(text: string | null): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    return typeof value === "object" ? (value as Record<string, unknown> | null) : null;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    return null;
  }
}

function readChoice(value: unknown): Choice[] {
  if (typeof value !== "object" || value === null) return [];
  const { key, opacity, style } = value as Record<string, unknown>;
  if (typeof key !== "string" || typeof opacity !== "number") return [];
  const share = Math.min(1, Math.max(0, opacity));
  return [{ key, opacity: share, style: typeof style === "string" ? style : null }];
}

/** Read what there is; without an answer the map has the base map that the layers tell of. */
export async function readGround(): Promise<void> {
  try {
    const { basemap, external, rasters } = await api.getGround();
    const { maxzoom, from, reason, attribution } = basemap;
    const live = from === "database";
    const tiles = live ? blank(basemap.tiles) : basemap.tiles;
    patch({ basemap: { tiles, maxzoom, live, reason, attribution }, external, rasters });
  } catch (cause) {
    if (!(cause instanceof ApiError)) throw cause;
    if (cause.status !== 404 && cause.status !== 403) tell(explain(cause), "error");
  }
}

/** Of a base map that lives, each tile has a revision of its own: the map writes it there. */
function blank(tiles: string): string {
  return tiles.replace(/^\/tiles\/basemap\/[^/]+/, "/tiles/basemap/0");
}

export function chooseLook(look: Look): void {
  patch({ look });
}

/** Lay a thing on the ground, on top of what lies there; or take it away. */
export function toggleLaid(key: string): void {
  const { choices, swipe, external } = store.state.ground;
  const others = choices.filter((one) => one.key !== key);
  if (others.length < choices.length) {
    const parted = swipe && (swipe.left === key || swipe.right === key);
    patch({ choices: others, ...(parted ? { swipe: null } : {}) });
    return;
  }
  const given = external.find(({ name }) => key === `external:${name}`)?.opacity ?? 1;
  patch({ choices: [...others, { key, opacity: given, style: null }].slice(-LAID_AT_MOST) });
  void readLegend(key);
}

export function changeLaid(key: string, change: Partial<Omit<Choice, "key">>): void {
  const { choices } = store.state.ground;
  patch({ choices: choices.map((one) => (one.key === key ? { ...one, ...change } : one)) });
  if (change.style !== undefined) void readLegend(key);
}

/** Say why a tile of what is laid could not be had; null once one could. */
export async function laidFailed(key: string, body: Blob | null): Promise<void> {
  const known = store.state.ground.failed[key];
  if (body === null && known === undefined) return;
  const { [key]: _, ...others } = store.state.ground.failed;
  const reason = body && ((await reasonOf(body)) ?? t("error.unreachable"));
  if (reason !== known) patch({ failed: reason ? { ...others, [key]: reason } : others });
}

/** Bring a thing one step up (1) or down (-1) in the pile. */
export function moveLaid(key: string, by: 1 | -1): void {
  const choices = [...store.state.ground.choices];
  const from = choices.findIndex((one) => one.key === key);
  const [moved] = from < 0 ? [] : choices.splice(from, 1);
  if (!moved) return;
  choices.splice(Math.min(choices.length, Math.max(0, from + by)), 0, moved);
  patch({ choices });
}

async function readLegend(key: string): Promise<void> {
  const raster = rasterOf(store.state, key);
  if (!raster) return;
  const style = store.state.ground.choices.find((one) => one.key === key)?.style ?? null;
  const legend = await attempt(() => api.getLegend(raster.id, style));
  const now = store.state.ground.choices.find((one) => one.key === key);
  if (legend && now && now.style === style)
    patch({ legends: { ...store.state.ground.legends, [key]: legend } });
}

/** Legends of what was laid before the page was opened. */
export function readLegends(): void {
  for (const { key } of store.state.ground.choices) void readLegend(key);
}

export function rasterOf({ ground }: State, key: string): api.Raster | null {
  return ground.rasters.find(({ id }) => key === `raster:${id}`) ?? null;
}

/** What the map lays on the ground now, the lowest first; what is no longer there is left out. */
export function laidNow(state: State): Laid[] {
  const { external } = state.ground;
  return state.ground.choices.flatMap(({ key, opacity, style }): Laid[] => {
    const raster = rasterOf(state, key);
    if (raster) {
      const { tiles, minzoom, maxzoom, bounds } = raster;
      const address = style ? `${tiles}?style=${encodeURIComponent(style)}` : tiles;
      return [{ key, opacity, minzoom, maxzoom, bounds, tiles: address }];
    }
    const other = external.find(({ name }) => key === `external:${name}`);
    if (!other) return [];
    const tiles = other.tiles ?? `/tiles/external/${other.name}/{z}/{x}/{y}.png`;
    return [{ key, opacity, tiles, minzoom: other.minzoom, maxzoom: other.maxzoom, bounds: null }];
  });
}

/** The lines that say whose data lies on the ground. */
export function groundCredits(state: State): string[] {
  const { external, basemap, look, choices } = state.ground;
  const streets = look === "off" ? null : basemap?.attribution;
  const laid = choices.map(({ key }) => {
    const other = external.find(({ name }) => key === `external:${name}`);
    return rasterOf(state, key)?.attribution ?? other?.attribution;
  });
  // An answer joins its lines with commas, and a line may hold one: what the site itself names is not
  // shown in pieces beside it.
  const lines = [streets, ...laid].flatMap((line) => line?.split(", ") ?? []);
  const named = (line: string): boolean => state.attribution.some((own) => own.includes(line));
  return [...new Set(lines.filter((line) => !named(line)))];
}
