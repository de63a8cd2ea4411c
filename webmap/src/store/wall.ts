/** A wall that runs by itself: it follows its row, the incidents and the hours, and mends itself. */
import { getLog, LOG_PAGE } from "../api/log";
import { builtPage, countByDistrict, countTeams, getLately, getWall } from "../api/walls";
import type { Change } from "../api/wire";
import { fly } from "./browse";
import { readCommand } from "./follow";
import { hear } from "./heard";
import { closeIncident, openIncident, readPlan } from "./incidents";
import { attempt, dismiss } from "./notices";
import { soon } from "./soon";
import { store } from "./state";
import { readTasks } from "./tasks";
import { watchDoor } from "./wall_door";
import { lookBackOrNow } from "./wall_past";
import {
  foremost,
  MOST_SIDE_BY_SIDE,
  showing,
  standing,
  type WallState,
  wallStore,
} from "./wall_state";

/** How long one of several incidents has the map. */
const TURN_MS = 20_000;
/** An incident that has just been opened keeps the screen so long. */
const NEWS_MS = 60_000;
const LATELY_MS = 60_000;
const PAST_MS = 1000;
const BUILD_MS = 300_000;
/** Nobody is there to dismiss what a wall says. */
const NOTICE_MS = 15_000;
const LOG_KEPT = 60;
/** The mark that the map sets in the browser's timeline when it was first whole. */
const DRAWN = "onemap-map-drawn";
const LOG_PAGES = 50;

const WALL_NAME = /^[a-z0-9][a-z0-9_-]{0,31}$/;

/** Layers of what is small and many: on a wall they hide what matters, until a desk shows them. */
const SMALL = [
  "accident",
  "expert",
  "fire_water",
  "flood_work",
  "tank",
  "video_point",
  "weather_station",
];

let turned = 0;
let settled = "";

/** Take the wall's name and manner from the address, then follow. Call before the page begins. */
export function beginWall(search: string): void {
  const query = new URLSearchParams(search);
  const name = query.get("wall") ?? "";
  wallStore.set({
    name: WALL_NAME.test(name) ? name : "main",
    kiosk: query.get("kiosk") === "1",
  });
  hear((change) => take(change));
  const stop = store.subscribe(({ ready }) => {
    if (!ready) return;
    stop();
    follow();
  });
}

function follow(): void {
  turned = Date.now();
  void readWall();
  void readLately();
  void readDistricts();
  void readTeams();
  void readLog();
  watchDoor();
  for (const { id } of standing(store.state).slice(0, MOST_SIDE_BY_SIDE)) void readAside(id);
  store.subscribe((_, changed) => {
    // What was then is nothing new, and what has been read of now is not forgotten for it.
    if (changed.has("incidents") && !store.state.replay) incidentsChanged();
    if (changed.has("now") && !store.state.replay) turn();
    if (changed.has("link")) linkChanged();
    if (changed.has("notices")) clearNotices();
  });
  wallStore.subscribe((_, changed) => {
    if (changed.has("wall") || changed.has("turn")) lookBackOrNow();
    if (changed.has("wall") || changed.has("turn")) settle();
  });
  setInterval(() => void readLately(), LATELY_MS);
  // While the past is shown the page's own clock stands still: what is new is looked for beside it,
  // and a playlist goes on.
  setInterval(() => {
    if (store.state.replay && wallStore.state.wall?.views.length) turn();
    lookBackOrNow();
  }, PAST_MS);
  void watchBuild();
  settle();
}

function take(change: Change | null): void {
  if (change === null) {
    void Promise.all([readWall(), readLately(), readDistricts(), readTeams(), readLog()]);
    for (const { id } of standing(store.state)) soon(`aside ${id}`, () => readAside(id));
    return;
  }
  const { layer, incident } = change;
  if (layer === "wall" || layer === "saved_view") soon("wall", readWall);
  else if (layer === "task" && incident && incident !== store.state.incident)
    soon(`tasks ${incident}`, () => readTasks(incident));
  if (incident && incident === store.state.incident) soon("wall log", readLog);
  if (layer === "hazard_source") soon("districts", readDistricts);
  if (layer === "team") soon("teams", readTeams);
}

async function readWall(): Promise<void> {
  const wall = await attempt(() => getWall(wallStore.state.name));
  if (wall) wallStore.set({ wall });
}

async function readTeams(): Promise<void> {
  const teams = await attempt(countTeams);
  if (teams) wallStore.set({ teams });
}

async function readLately(): Promise<void> {
  const lately = await attempt(getLately);
  if (lately) wallStore.set({ lately, latelyAt: Date.now() });
}

/** By county; where the site is one county, by its towns. */
async function readDistricts(): Promise<void> {
  const counted = (level: string) => attempt(() => countByDistrict(level));
  const counties = await counted("county");
  const districts = counties && counties.length < 2 ? await counted("town") : counties;
  if (districts) wallStore.set({ districts });
}

/** An incident that stands beside the one on the map has figures of its own. */
async function readAside(id: string): Promise<void> {
  if (id === store.state.incident) return;
  await Promise.all([readPlan(id), readTasks(id)]);
}

async function readLog(): Promise<void> {
  const { incident } = store.state;
  if (incident === null) return wallStore.set({ log: [] });
  const { log } = wallStore.state;
  const held = log[0]?.incident === incident ? log : [];
  let told: WallState["log"] = held;
  for (let page = 0; page < LOG_PAGES; page += 1) {
    const answer = await attempt(() => getLog(incident, told[0]?.seq ?? 0));
    if (!answer || store.state.incident !== incident) return;
    const read = answer.log.map((entry) => ({ ...entry, incident })).reverse();
    told = [...read, ...told].slice(0, LOG_KEPT);
    if (read.length < LOG_PAGE) break;
  }
  wallStore.set({ log: told });
}

let known = new Set<string>();
/** What has just been opened has the first turn, and keeps it for a while. */
function incidentsChanged(): void {
  const open = standing(store.state);
  const fresh = open.filter(({ id }) => !known.has(id));
  const before = known;
  known = new Set(open.map(({ id }) => id));
  for (const { id } of fresh) soon(`aside ${id}`, () => readAside(id));
  forget();
  const turning = foremost(open);
  const [news] = fresh.filter((one) => turning.includes(one));
  if (news && before.size > 0) {
    turned = Date.now() + NEWS_MS - TURN_MS;
    wallStore.set({ turn: turning.indexOf(news) });
  }
  settle();
}

/** A wall runs for weeks: what was read of an incident goes when it is closed. */
function forget(): void {
  const { assessments, tasks, calls, duty } = store.state;
  const { deadlines, proposals } = duty;
  const kept = <T>(held: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(held).filter(([id]) => known.has(id)));
  const held = { ...assessments, ...tasks, ...calls, ...deadlines, ...proposals };
  if (Object.keys(held).every((id) => known.has(id))) return;
  store.set({
    assessments: kept(assessments),
    tasks: kept(tasks),
    calls: kept(calls),
    duty: { ...duty, deadlines: kept(deadlines), proposals: kept(proposals) },
  });
}

/** The next of several, when its time has come. */
function turn(): void {
  const { wall, turn: at } = wallStore.state;
  const { by } = showing(store.state, wallStore.state);
  const several =
    by === "playlist" ? (wall?.views.length ?? 0) : foremost(standing(store.state)).length;
  const each = by === "playlist" ? (wall?.seconds ?? 20) * 1000 : TURN_MS;
  if (several < 2 || Date.now() - turned < each) return;
  turned = Date.now();
  wallStore.set({
    turn: (at + 1) % (by === "playlist" ? several : Math.min(several, MOST_SIDE_BY_SIDE)),
  });
}

/** Bring the page to what is to be shown: the incident, the layers, and then the camera. */
function settle(): void {
  const shown = showing(store.state, wallStore.state);
  const { wall } = wallStore.state;
  if (shown.incident !== store.state.incident) {
    void open(shown.incident, shown.view === null);
    soon("wall log", readLog);
  }
  const { layers } = store.state;
  const hidden = new Set(
    shown.layers === null
      ? SMALL
      : layers
          .filter(({ name, group }) => group !== "ground" && !shown.layers?.includes(name))
          .map(({ name }) => name),
  );
  if ([...hidden].sort().join() !== [...store.state.hidden].sort().join()) store.set({ hidden });
  // One flight for each thing that is said: a plan that is computed again does not steal the camera.
  const aim = JSON.stringify([shown.view, shown.by === "rest", wall?.shown_at]);
  if (aim === settled) return;
  const first = settled === "";
  settled = aim;
  if (shown.view)
    fly({ to: "place", ...shown.view, ...(wall?.flight === false ? { jump: true } : {}) });
  else if (shown.by === "rest" && !first) fly({ to: "site" });
  else if (!first) fly({ to: "plan" });
}

async function open(id: string | null, flies: boolean): Promise<void> {
  if (id === null) return closeIncident();
  if (!store.state.assessments[id]) return openIncident(id, { fly: flies });
  // Its plan is held and kept true by the stream: it need not be fetched at every turn.
  store.set({ incident: id, source: null, slice: null, sheet: null, ordering: null });
  void readCommand(id);
  if (flies) fly({ to: "plan" });
}

/** Whether somebody at a desk says where the camera is: then no new plan moves it. */
export function isSteered(): boolean {
  return showing(store.state, wallStore.state).view !== null;
}

let away = false;
function linkChanged(): void {
  const { status } = store.state.link;
  if (status === "lost" || status === "late") away = true;
  if (status !== "live" || !away) return;
  away = false;
  // What the map is drawn with may have been on its way when the server went: it never comes again.
  if (performance.getEntriesByName(DRAWN).length === 0) location.reload();
  else void Promise.all([readWall(), readLately(), checkBuild()]);
}

const cleared = new Set<number>();
function clearNotices(): void {
  for (const { id } of store.state.notices) {
    if (cleared.has(id)) continue;
    cleared.add(id);
    setTimeout(() => {
      cleared.delete(id);
      dismiss(id);
    }, NOTICE_MS);
  }
}

let build: string | null = null;
async function watchBuild(): Promise<void> {
  await checkBuild();
  setInterval(() => void checkBuild(), BUILD_MS);
}

/** A server with a newer page: load it. A server that does not answer is no newer one. */
async function checkBuild(): Promise<void> {
  const found = await builtPage(location.pathname);
  if (found === null) return;
  if (build !== null && found !== build) location.reload();
  build = found;
}
