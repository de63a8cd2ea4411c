/** Looking around: layers on and off, search, the card of a feature, where the camera goes. */
import * as api from "../api/calls";
import { readPlaces } from "../api/quality";
import type { Found } from "../api/wire";
import { fetched } from "./coming";
import { attempt } from "./notices";
import { mayBePlace, readCoordinates } from "./place";
import type { Tool } from "./planner";
import {
  type Camera,
  type Drawer,
  type PlanTab,
  type SourceNote,
  type State,
  store,
  type View,
} from "./state";

export function toggleLayer(name: string): void {
  const hidden = new Set(store.state.hidden);
  if (!hidden.delete(name)) hidden.add(name);
  store.set({ hidden });
}

export function showDrawer(drawer: Drawer): void {
  store.set({ drawer: store.state.drawer === drawer ? null : drawer });
}

/** Open a tool of the planner; a second press folds it. */
export function showTool(tool: Tool): void {
  store.set({ tool: store.state.tool === tool ? null : tool });
}

export function showTab(tab: PlanTab): void {
  store.set({ tab });
}

export function moved(view: View, bounds: State["bounds"]): void {
  store.set({ view, bounds });
}

/** A wish is always a new object, so that asking twice for one place flies twice. */
export function fly(camera: Camera): void {
  store.set({ camera: { ...camera } });
}

export function focusOn(layer: string, id: string, lon: number | null, lat: number | null): void {
  store.set({ focus: { layer, id } });
  if (lon !== null && lat !== null) fly({ to: "place", lon, lat });
}

export function letGo(): void {
  store.set({ focus: null });
}

export function showSource(source: SourceNote | null): void {
  store.set({ source });
}

export async function openCard(layer: string, id: string): Promise<void> {
  store.set({ card: { layer, id, shown: null }, drawer: "card", focus: { layer, id } });
  const { pack } = store.state;
  const shown = await attempt(async () =>
    pack ? (await inPack()).cardInPack(pack, layer, id) : api.getFeature(layer, id),
  );
  const { card } = store.state;
  if (card?.layer !== layer || card.id !== id) return;
  if (shown) store.set({ card: { layer, id, shown } });
  else closeCard();
}

export function closeCard(): void {
  store.set({
    card: null,
    focus: null,
    drawer: store.state.drawer === "card" ? "layers" : store.state.drawer,
  });
}

/** Only a page that shows a pack needs the code that looks into one. */
const inPack = () => fetched(() => import("./in_pack"));

let searching: AbortController | null = null;

export async function search(typed: string): Promise<void> {
  searching?.abort();
  const q = typed.trim();
  store.set({ spot: readCoordinates(q) });
  if (q === "" || store.state.spot) {
    store.set({ results: null });
    return;
  }
  const control = new AbortController();
  searching = control;
  const { pack } = store.state;
  if (pack) {
    const results = await attempt(async () => (await inPack()).searchPack(pack, q));
    if (results && searching === control) store.set({ results });
    return;
  }
  if (mayBePlace(q)) {
    const answer = await attempt(() => readPlaces(q, control.signal));
    const [found] = answer?.points ?? [];
    if (searching !== control) return;
    if (found && found.lon !== null && found.lat !== null) {
      store.set({ spot: { lon: found.lon, lat: found.lat }, results: null });
      return;
    }
  }
  const found = await attempt(() => api.search(q, control.signal));
  if (found && searching === control) store.set({ results: found.results });
}

export function openFound(found: Found): void {
  if (found.lon !== null && found.lat !== null)
    fly({ to: "place", lon: found.lon, lat: found.lat, zoom: 16 });
  void openCard(found.layer, found.id);
}
