/** A question to the map: where, in which layers, under which conditions; and what was found. */
import type { Geometry } from "geojson";
import * as api from "../api/queries";
import type { WireFeature } from "../api/wire";
import { fly, openCard } from "./browse";
import { type Condition, cql } from "./cql";
import { draw } from "./drawing";
import { boxOf, circle } from "./geodesy";
import { attempt, tell } from "./notices";
import { type Asking, type District, EMPTY, noOverlay, noQuestion, type Where } from "./planner";
import { layerNamed, type State, store } from "./state";

const PAGE = 200;

function patch(change: Partial<Asking>): void {
  store.set({ asking: { ...store.state.asking, ...change } });
}

export function chooseWhere(where: Where): void {
  patch({ where });
  showArea();
  if (where === "around" && !store.state.asking.center) pickCentre();
  if (where === "polygon" && !store.state.asking.polygon) drawPolygon();
}

export function pickCentre(): void {
  draw("point", (shape) => {
    if (shape.type !== "Point") return;
    const [lon = 0, lat = 0] = shape.coordinates;
    patch({ center: { lon, lat } });
    showArea();
    void ask();
  });
}

export function drawPolygon(): void {
  draw("polygon", (polygon) => {
    patch({ polygon });
    showArea();
    void ask();
  });
}

export function setRadius(radius_m: number): void {
  patch({ radius_m });
  showArea();
}

export function chooseDistrict(district: District | null): void {
  patch({ district });
  if (district) void ask();
}

export function toggleAsked(layer: string): void {
  const layers = new Set(store.state.asking.layers);
  if (!layers.delete(layer)) layers.add(layer);
  patch({ layers });
}

export function setConditions(layer: string, conditions: readonly Condition[]): void {
  const { asking } = store.state;
  const fields = layerNamed(store.state, layer)?.fields ?? [];
  const text = cql(conditions, (name) => fields.find((one) => one.name === name)?.type ?? "text");
  patch({
    conditions: { ...asking.conditions, [layer]: conditions },
    filters: withFilter(asking.filters, layer, text),
  });
}

/** CQL2 as a person wrote it; the form's conditions no longer speak for that layer. */
export function setFilter(layer: string, text: string): void {
  const { asking } = store.state;
  patch({
    conditions: { ...asking.conditions, [layer]: [] },
    filters: withFilter(asking.filters, layer, text.trim() || null),
  });
}

function withFilter(
  filters: Asking["filters"],
  layer: string,
  text: string | null,
): Record<string, string> {
  const others = Object.entries(filters).filter(([name]) => name !== layer);
  return Object.fromEntries(text === null ? others : [...others, [layer, text]]);
}

/** The shape asked about, for the map; null where the question has none. */
function areaOf({ where, center, radius_m, polygon }: Asking): Geometry | null {
  if (where === "around" && center) return circle(center.lon, center.lat, radius_m);
  return where === "polygon" ? polygon : null;
}

export function showArea(): void {
  const area = areaOf(store.state.asking);
  store.set({ overlay: { ...store.state.overlay, area } });
}

/** Where the question looks, as the server takes it; null while it has not been said. */
export function whereBody(asking: Asking, view: State["bounds"]): api.Area | null {
  switch (asking.where) {
    case "around":
      return asking.center ? { around: { ...asking.center, radius_m: asking.radius_m } } : null;
    case "polygon":
      return asking.polygon ? { geometry: asking.polygon } : null;
    case "district":
      return asking.district ? { district: asking.district.code } : null;
    case "view":
      return view ? { bbox: view } : null;
    case "anywhere":
      return {};
  }
}

/** Layers that can be asked: all that hold something, but the ground. */
export function askable(state: State): State["layers"] {
  return state.layers.filter(
    ({ name, group, count }) => group !== "ground" && name !== "incident" && count !== 0,
  );
}

export function askedLayers(state: State): string[] {
  const { layers } = state.asking;
  const all = askable(state).map(({ name }) => name);
  return layers.size === 0 ? all : all.filter((name) => layers.has(name));
}

let running: AbortController | null = null;

export async function ask(): Promise<void> {
  const { asking, bounds } = store.state;
  const area = whereBody(asking, bounds);
  const layers = askedLayers(store.state);
  if (!area || layers.length === 0) return;
  running?.abort();
  const control = new AbortController();
  running = control;
  patch({ busy: true });
  const body = { ...area, layers, filters: filtersOf(asking, layers), limit: PAGE };
  const answer = await attempt(() => api.askQuery(body, control.signal));
  if (running !== control) return;
  patch({ busy: false });
  if (answer) show(answer.layers);
}

/** The filters of the layers that are asked; a filter for another is refused by the server. */
export function filtersOf({ filters }: Asking, layers: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(filters).filter(([name]) => layers.includes(name)));
}

function show(found: Readonly<Record<string, api.Found>>): void {
  const { asking, layers } = store.state;
  const filled = layers
    .map(({ name }) => name)
    .filter((name) => (found[name]?.features.length ?? 0) > 0);
  const shown = asking.shown && filled.includes(asking.shown) ? asking.shown : (filled[0] ?? null);
  patch({ found, shown });
  drawFound();
  const area = areaOf(asking);
  const box = area && boxOf(area);
  if (box) fly({ to: "box", west: box[0], south: box[1], east: box[2], north: box[3] });
}

export function showFound(layer: string): void {
  patch({ shown: layer });
  drawFound();
}

/** Mark what is in the table on the map too: one selection in both. */
function drawFound(): void {
  const { asking } = store.state;
  const features = (asking.shown ? asking.found?.[asking.shown]?.features : null) ?? [];
  const placed = features.flatMap((one) =>
    one.geometry
      ? [{ ...one, geometry: one.geometry, properties: { ...one.properties, layer: asking.shown } }]
      : [],
  );
  store.set({
    overlay: { area: areaOf(asking), features: { ...EMPTY, features: placed } },
  });
}

/** The next page of one layer. */
export async function moreFound(layer: string): Promise<void> {
  const { asking, bounds } = store.state;
  const held = asking.found?.[layer];
  const area = whereBody(asking, bounds);
  if (!held?.next_cursor || !area) return;
  const filters = filtersOf(asking, [layer]);
  const body = { ...area, layers: [layer], filters, limit: PAGE, cursor: held.next_cursor };
  const control = new AbortController();
  const answer = await attempt(() => api.askQuery(body, control.signal));
  const page = answer?.layers[layer];
  if (!page || store.state.asking.found?.[layer] !== held) return;
  const whole = { ...page, total: held.total, features: [...held.features, ...page.features] };
  patch({ found: { ...asking.found, [layer]: whole } });
  drawFound();
}

/** Begin anew: nothing chosen, no conditions, nothing found. */
export function clearQuestion(): void {
  store.set({ asking: { ...noQuestion, where: "anywhere" }, overlay: noOverlay });
}

export function closeFound(): void {
  patch({ found: null, shown: null });
  drawFound();
}

export function openFeature(layer: string, feature: WireFeature): void {
  const box = feature.geometry && boxOf(feature.geometry);
  if (box && feature.geometry?.type === "Point")
    fly({ to: "place", lon: box[0], lat: box[1], zoom: 16 });
  else if (box) fly({ to: "box", west: box[0], south: box[1], east: box[2], north: box[3] });
  if (feature.id !== undefined) void openCard(layer, String(feature.id));
}

let finding: AbortController | null = null;

export async function findDistricts(q: string): Promise<readonly District[]> {
  finding?.abort();
  if (q.trim() === "") return [];
  const control = new AbortController();
  finding = control;
  const answer = await attempt(() => api.findRegions(q.trim(), control.signal));
  return (answer?.features ?? []).flatMap(({ properties }) =>
    properties.code ? [{ ...properties, code: properties.code }] : [],
  );
}

/** Save what the question found of a layer: the same area and condition, every row. */
export async function exportLayer(layer: string, options: api.ExportOptions): Promise<void> {
  const { asking, bounds } = store.state;
  const area = whereBody(asking, bounds);
  if (!area) return;
  const notes = await attempt(() => api.saveLayer(layer, area, asking.filters[layer], options));
  for (const note of notes ?? []) tell(note);
}
