/** What the second map of a wide wall holds: the page's own state, but for where it looks, and when. */
import { fetched } from "./coming";
import { attempt } from "./notices";
import { Observable } from "./observable";
import { noPlots, type PlotState, plotStore } from "./plot_state";
import { lookingAt } from "./replay_state";
import { type Camera, initial, type State, store } from "./state";
import { standing, wallStore } from "./wall_state";

export const secondStore = new Observable<State>(initial);
export const secondPlots = new Observable<PlotState>({ ...plotStore.below });

/** What the second map shows: the surroundings, another incident, or the same at a time before. */
export interface Second {
  incident: string | null;
  /** ms; null is now. */
  at: number | null;
}

/** How much farther the surroundings are seen from. */
const FARTHER = 1.5;
const NEAREST = 6;
/** A camera at rest says so more than once: the surroundings need not follow each time. */
const SETTLED_MS = 1500;

/** What is laid over the page's own state while the second map shows the past. */
let past: Partial<State> = {};
let aimed = "";
let due: ReturnType<typeof setTimeout> | undefined;

/** What it is to show: as a desk has said, else another incident where there is one. */
export function second(): Second {
  const asked = wallStore.state.wall?.second ?? null;
  const open = standing(store.state);
  const { incident } = store.state;
  const among = (id: string | null): string | null => open.find((one) => one.id === id)?.id ?? null;
  if (asked?.show === "time" && asked.at !== null)
    return { incident: among(asked.incident) ?? incident, at: Date.parse(asked.at) };
  const named = asked?.show === "incident" ? among(asked.incident) : null;
  if (named !== null && named !== incident) return { incident: named, at: null };
  if (asked?.show === "context") return { incident: null, at: null };
  // What the first map shows already is not shown twice: another, else the surroundings.
  return { incident: open.find(({ id }) => id !== incident)?.id ?? null, at: null };
}

export function beginSecond(): void {
  secondStore.set({ ...store.state, ...own(), ready: true });
  store.subscribe((state, changed) => {
    secondStore.set({ ...state, ...kept(), ...past });
    if (["incident", "incidents", "view"].some((key) => changed.has(key as keyof State))) soonAim();
  });
  plotStore.subscribe(() => secondPlots.set({ ...plotStore.below }));
  wallStore.subscribe((_, changed) => {
    if (changed.has("wall")) soonAim();
  });
  soonAim();
}

function soonAim(): void {
  clearTimeout(due);
  due = setTimeout(() => void aim(), SETTLED_MS);
}

/** One flight for each thing that is shown. */
async function aim(): Promise<void> {
  const shown = second();
  const around = shown.incident === null ? store.state.view : null;
  const wanted = JSON.stringify([shown, around, store.state.incident]);
  if (wanted === aimed) return;
  aimed = wanted;
  if (shown.at === null) secondPlots.lay(null);
  past = shown.at === null ? {} : await thenOf(shown.incident, shown.at);
  if (aimed === wanted) secondStore.set({ ...store.state, ...past, ...own() });
}

/** How everything was: the code that reads the past is fetched when it is first asked for. */
async function thenOf(incident: string | null, at: number): Promise<Partial<State>> {
  const { stateThen } = await fetched(() => import("./then"));
  const found = await attempt(() => stateThen(at, incident));
  if (!found) return {};
  secondPlots.lay({ ...noPlots, incident, loaded: true, plots: found.plots });
  return { ...found.state, replay: lookingAt(at, found.seq) };
}

type Own = Pick<State, "view" | "bounds" | "camera" | "incident" | "hidden">;

function own(): Own {
  const { view } = store.state;
  const { incident } = second();
  const around = view && { ...view, zoom: Math.max(NEAREST, view.zoom - FARTHER) };
  const camera: Camera = incident === null && around ? { to: "place", ...around } : { to: "plan" };
  return {
    view: incident === null ? around : null,
    bounds: null,
    camera,
    incident: incident ?? store.state.incident,
    hidden: new Set(),
  };
}

function kept(): Own {
  const { view, bounds, camera, incident, hidden } = secondStore.state;
  return { view, bounds, camera, incident, hidden };
}
