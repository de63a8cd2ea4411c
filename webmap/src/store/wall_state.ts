/** What a wall holds beside the state of every page: how it is driven, and what it tells at rest. */
import type { LogEntry } from "../api/log";
import type { AtRisk, DistrictCount, Lately, TeamCount, Wall } from "../api/walls";
import type { Incident } from "../api/wire";
import { Observable } from "./observable";
import type { State } from "./state";

export interface WallState {
  name: string;
  /** Nobody sits at it: nothing is asked of a person, and it mends itself. */
  kiosk: boolean;
  /** Null until it has been read. */
  wall: Wall | null;
  lately: Lately | null;
  /** When that was read, ms; 0 before. */
  latelyAt: number;
  districts: readonly DistrictCount[] | null;
  teams: readonly TeamCount[] | null;
  /** Who is at risk in which district, and by which plan; null until it has been read. */
  atRisk: AtRisk | null;
  /** When this screen is signed out, ms of this machine's clock; null where that is far away. */
  endsAt: number | null;
  /** Told each second while the past is shown, when the page's own clock stands still; ms. */
  pulse: number;
  /** Nobody is signed in here any more. */
  shut: boolean;
  /** The last of what happened in the incident that is shown, the newest first. */
  log: readonly (LogEntry & { incident: string })[];
  /** Which of several incidents, or of a playlist, has its turn. */
  turn: number;
}

export const wallStore = new Observable<WallState>({
  name: "main",
  kiosk: false,
  wall: null,
  lately: null,
  latelyAt: 0,
  districts: null,
  teams: null,
  atRisk: null,
  endsAt: null,
  shut: false,
  pulse: 0,
  log: [],
  turn: 0,
});

/** What the wall shows: which incident its figures are of, and what the map looks at. */
export interface Showing {
  /** Who says so: a person at a desk, a playlist, the incidents themselves, or nobody at rest. */
  by: "desk" | "playlist" | "incidents" | "rest";
  incident: string | null;
  view: { lon: number; lat: number; zoom: number } | null;
  /** The layers that are shown; null for all. */
  layers: readonly string[] | null;
  highlight: Wall["highlight"];
}

/** Incidents that stand side by side: real ones before exercises, the newest first. */
export const MOST_SIDE_BY_SIDE = 4;

export function standing({ incidents }: Pick<State, "incidents">): Incident[] {
  const open = incidents.filter(({ status }) => status !== "closed");
  return [...open].sort((a, b) => Number(a.exercise) - Number(b.exercise));
}

/** When an incident became known here, ms. */
const knownSince = ({ reported_at, occurred_at }: Incident): number =>
  Date.parse(reported_at ?? occurred_at);

/**
 * Say what is to be shown.
 *
 * An incident that was opened after somebody last said what is shown takes the screen; an exercise
 * never takes it from a real one.
 */
export function showing(
  state: Pick<State, "incidents">,
  held: Pick<WallState, "wall" | "turn">,
): Showing {
  const open = standing(state);
  const { wall, turn } = held;
  const turning = foremost(open).slice(0, MOST_SIDE_BY_SIDE);
  const own = turning[turn % Math.max(1, turning.length)]?.id ?? null;
  const said = wall && !hasNews(state, wall) ? asDriven(wall, open, turn, own) : null;
  return (
    said ?? {
      by: own === null ? "rest" : "incidents",
      incident: own,
      view: null,
      layers: null,
      highlight: null,
    }
  );
}

/** Whether an incident was opened after somebody last said what is shown. */
export function hasNews(
  state: Pick<State, "incidents">,
  { shown_at }: Pick<Wall, "shown_at">,
): boolean {
  const driven = shown_at ? Date.parse(shown_at) : 0;
  return foremost(standing(state)).some((one) => knownSince(one) > driven);
}

/** What a person has said, where it says anything. */
function asDriven(
  wall: Wall,
  open: readonly Incident[],
  turn: number,
  own: string | null,
): Showing | null {
  const among = (id: string | null): string | null => open.find((one) => one.id === id)?.id ?? null;
  const item = wall.views[turn % Math.max(1, wall.views.length)];
  if (item) {
    const { lon, lat, zoom, layers, highlight } = item;
    const incident = among(item.incident) ?? foremost(open)[0]?.id ?? null;
    return { by: "playlist", incident, view: { lon, lat, zoom }, layers, highlight };
  }
  const { view, layers, highlight } = wall;
  const pinned = among(wall.incident);
  if (!view && !pinned && !highlight && !layers) return null;
  return { by: "desk", incident: pinned ?? own, view, layers, highlight };
}

/** The past that a desk, or the view of a playlist that has its turn, asks for. */
export function pastOf(
  wall: Wall,
  turn: number,
): Pick<Wall, "at" | "speed" | "shown_at" | "incident"> {
  const { shown_at, views } = wall;
  const item = views[turn % Math.max(1, views.length)];
  return item ? { at: item.at, speed: 0, shown_at, incident: item.incident } : wall;
}

/** Real incidents where there are some, else exercises: those that take turns on the map. */
export function foremost(open: readonly Incident[]): readonly Incident[] {
  const real = open.filter(({ exercise }) => !exercise);
  return real.length > 0 ? real : open;
}
