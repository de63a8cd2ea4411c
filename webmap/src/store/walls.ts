/** Driving a wall from a desk: what it shows, the views that are kept, the playlist that is made. */
import { ApiError } from "../api/client";
import { newId } from "../api/ids";
import * as views from "../api/views";
import { getWalls, putWall, type Wall, type WallChange } from "../api/walls";
import { loadMoreWords, t } from "../text/i18n";
import { fly } from "./browse";
import { fetched } from "./coming";
import { hear } from "./heard";
import { openIncident } from "./incidents";
import { attempt, tell } from "./notices";
import { Observable } from "./observable";
import { soon } from "./soon";
import { may, store } from "./state";

export const FIRST_WALL = "main";

export interface Driving {
  open: boolean;
  /** The wall that is driven. */
  name: string;
  /** Null until they have been read. */
  walls: readonly Wall[] | null;
  views: readonly views.SavedView[] | null;
  /** The playlist that is being put together: ids of views. */
  playlist: readonly string[];
  seconds: number;
  /** What is brought out in the middle of the view, with what is shown or kept next. */
  highlight: { text: string; radius_m: number | null } | null;
  busy: boolean;
}

export const drivingStore = new Observable<Driving>({
  open: false,
  name: FIRST_WALL,
  walls: null,
  views: null,
  playlist: [],
  seconds: 20,
  highlight: null,
  busy: false,
});
const set = (patch: Partial<Driving>): void => drivingStore.set(patch);

let listening = false;

export async function toggleDriving(): Promise<void> {
  const open = !drivingStore.state.open;
  if (open) await loadMoreWords("hall");
  set({ open });
  if (!open) return;
  if (!listening)
    hear((change) => {
      if (!drivingStore.state.open) return;
      if (change === null || change.layer === "wall") soon("walls", readWalls);
      if (change === null || change.layer === "saved_view") soon("views", readViews);
    });
  listening = true;
  await Promise.all([readWalls(), readViews()]);
  const { playlist, seconds } = driven() ?? { playlist: [], seconds: 20 };
  if (drivingStore.state.playlist.length === 0) set({ playlist, seconds });
}

/** The wall that is driven, as it was read; null where nobody has driven it. */
export function driven(): Wall | null {
  const { walls, name } = drivingStore.state;
  return walls?.find((one) => one.name === name) ?? null;
}

export function chooseWall(name: string): void {
  set({ name });
  const wall = driven();
  if (wall) set({ playlist: wall.playlist, seconds: wall.seconds });
}

export async function readWalls(): Promise<void> {
  const answer = await attempt(getWalls);
  if (answer) set({ walls: answer.walls });
}

export async function readViews(): Promise<void> {
  const answer = await attempt(views.getViews);
  if (answer) set({ views: answer.views });
}

/** The layers of features that are shown here; null where none is hidden. */
export function shownLayers(): string[] | null {
  const { layers, hidden } = store.state;
  const features = layers.filter(({ group }) => group !== "ground");
  if (!features.some(({ name }) => hidden.has(name))) return null;
  return features.filter(({ name }) => !hidden.has(name)).map(({ name }) => name);
}

/** Nothing of what was shown before. */
const CLEAR: WallChange = {
  view: null,
  layers: null,
  incident: null,
  at: null,
  speed: 0,
  highlight: null,
  playlist: [],
};

/** A desk that looks back shows the same moment on the wall, at the pace at which it plays. */
function moment(): Pick<WallChange, "at" | "speed"> {
  const { replay } = store.state;
  if (!replay || replay.at === null) return {};
  return {
    at: new Date(replay.at).toISOString(),
    speed: replay.playing ? replay.speed : 0,
  };
}

export interface Wish {
  layers: boolean;
  flight: boolean;
  second: WallChange["second"];
}

export const bringOut = (highlight: Driving["highlight"]): void => set({ highlight });

/** The middle of the view with its word and its radius, where it is to be brought out. */
function broughtOut({ lon, lat }: views.Place): views.Highlight | null {
  const { highlight } = drivingStore.state;
  if (!highlight) return null;
  const { radius_m, text } = highlight;
  return { lon, lat, text: text === "" ? null : text, radius_m };
}

export async function showView(wish: Wish): Promise<void> {
  const { view, incident } = store.state;
  if (!view) return;
  const { lon, lat, zoom } = view;
  await show({
    ...CLEAR,
    ...moment(),
    view: { lon, lat, zoom },
    layers: wish.layers ? shownLayers() : null,
    incident,
    flight: wish.flight,
    highlight: broughtOut(view),
    second: wish.second ?? null,
  });
}

export const showIncident = (second: WallChange["second"] = null): Promise<void> =>
  show({ ...CLEAR, ...moment(), incident: store.state.incident, second: second ?? null });
export const letFollow = (): Promise<void> => show({ ...CLEAR, second: null });
export const showKept = ({ lon, lat, zoom, layers, incident, at, highlight }: views.SavedView) =>
  show({ ...CLEAR, at, view: { lon, lat, zoom }, layers, incident, highlight });

export async function playList(): Promise<void> {
  const { playlist, seconds } = drivingStore.state;
  await show({ ...CLEAR, playlist, seconds });
}

/** Somebody who was faster is not overwritten: what they show is read, and one may press again. */
async function show(change: WallChange): Promise<void> {
  const { name } = drivingStore.state;
  set({ busy: true });
  const shown = await attempt(async () => {
    try {
      return await putWall(name, driven()?.version ?? 0, change);
    } catch (cause) {
      if (!(cause instanceof ApiError && cause.status === 409)) throw cause;
      await readWalls();
      tell(t("wall.faster", { who: driven()?.shown_by ?? "" }), "error");
      return null;
    }
  });
  set({ busy: false });
  if (!shown) return;
  const others = (drivingStore.state.walls ?? []).filter((one) => one.name !== name);
  set({ walls: [...others, shown].sort((a, b) => a.name.localeCompare(b.name)) });
  tell(t("wall.given", { name }), "good");
}

export async function saveView(name: string, shared: boolean): Promise<boolean> {
  const { view, incident } = store.state;
  if (!view) return false;
  const made = await attempt(() =>
    views.addView({
      ...view,
      id: newId(),
      name,
      shared,
      layers: shownLayers(),
      incident,
      at: moment().at ?? null,
      highlight: broughtOut(view),
    }),
  );
  if (!made) return false;
  keep(made);
  tell(t("wall.saved", { name: made.name }), "good");
  return true;
}

function keep(view: views.SavedView): void {
  const others = (drivingStore.state.views ?? []).filter(({ id }) => id !== view.id);
  set({ views: [view, ...others] });
}

/** Look at a kept view here: its place, its layers, its incident, its moment, what it brings out. */
export async function openView(view: views.SavedView): Promise<void> {
  const { layers, incidents } = store.state;
  const features = layers.filter(({ group }) => group !== "ground").map(({ name }) => name);
  store.set({ hidden: new Set(features.filter((name) => view.layers?.includes(name) === false)) });
  if (view.incident && incidents.some(({ id }) => id === view.incident))
    await openIncident(view.incident, { fly: false });
  bringOut(view.highlight && { ...view.highlight, text: view.highlight.text ?? "" });
  await lookAt(view.at);
  fly({ to: "place", lon: view.lon, lat: view.lat, zoom: view.zoom });
}

/** The line of time comes with its first use; a view of now ends what was looked at before. */
async function lookAt(at: string | null): Promise<void> {
  if (at === null && !store.state.replay) return;
  const { backToNow, openReplay, seek } = await fetched(() => import("./replay"));
  if (at === null) return backToNow();
  if (!store.state.replay) await openReplay();
  seek(Date.parse(at));
}

export async function changeView(
  view: views.SavedView,
  change: { name?: string; shared?: boolean },
): Promise<boolean> {
  const made = await attempt(() => views.changeView(view, change));
  if (made) keep(made);
  else await readViews();
  return made !== null;
}

export async function removeView(view: views.SavedView): Promise<void> {
  if ((await attempt(() => views.removeView(view))) === null) return;
  const { views: held, playlist } = drivingStore.state;
  set({
    views: (held ?? []).filter(({ id }) => id !== view.id),
    playlist: playlist.filter((id) => id !== view.id),
  });
}

/** A view that is shown on a wall is there for everybody in the room: it is shared first. */
export async function addToList(view: views.SavedView): Promise<void> {
  if (!view.shared && !(await changeView(view, { shared: true }))) return;
  set({ playlist: [...drivingStore.state.playlist, view.id] });
}

export function moveUp(index: number): void {
  const list = [...drivingStore.state.playlist];
  const [item] = list.splice(index, 1);
  if (item === undefined || index === 0) return;
  list.splice(index - 1, 0, item);
  set({ playlist: list });
}

export function takeOut(index: number): void {
  set({ playlist: drivingStore.state.playlist.filter((_, at) => at !== index) });
}

export function setSeconds(seconds: number): void {
  if (Number.isInteger(seconds) && seconds >= 5 && seconds <= 3600) set({ seconds });
}

export const mayDrive = (): boolean => may(store.state, "hall.control");
