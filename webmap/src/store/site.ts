/** The start of a page, its language, and the stream that keeps it true. */
import * as api from "../api/calls";
import { ApiError, AWAY, setLanguage } from "../api/client";
import type { Change } from "../api/wire";
import { SharedStream } from "../live/shared";
import { initialLanguage, loadWords, speak } from "../text/i18n";
import { setZone } from "../text/local_time";
import { fly, openCard } from "./browse";
import { fetched } from "./coming";
import { followArrivals, follow as followCommand, readCommand } from "./follow";
import { readGrades } from "./grades";
import { readGround, readLegends, recallGround } from "./ground";
import { heard } from "./heard";
import {
  dropIncident,
  openIncident,
  readCalls,
  readIncident,
  readIncidents,
  readPlan,
} from "./incidents";
import { heardFrom } from "./link";
import { attempt, explain, tell } from "./notices";
import { readPlace, writePlace } from "./place";
import { soon } from "./soon";
import { type Language, store } from "./state";
import { tilesRead, tilesTouched, watchTiles } from "./tiles";
import { takeLatest } from "./tracking";
import { watchUnread } from "./unread";

interface Start {
  /** A wall follows the newest incident by itself; a desk stays where its officer is. */
  follow?: boolean;
  /** Whether somebody else says where the camera is: then a new plan does not move it. */
  steered?: () => boolean;
  /** This page has a report form. */
  report?: boolean;
  /** What this page does where there is no server to begin with. */
  away?: () => Promise<void>;
}

let follow = false;
let steered = (): boolean => false;

export async function begin(options: Start = {}): Promise<void> {
  follow = options.follow ?? false;
  steered = options.steered ?? steered;
  beginWords();
  const place = readPlace(location.search);
  store.set({ view: place.view, hidden: place.hidden, takesReports: options.report ?? false });
  if (!(await readSite(options.away))) return;
  connect();
  watchTiles();
  readLegends();
  followArrivals();
  const wanted = await firstIncident(place.incident);
  if (wanted) await openIncident(wanted, { fly: false });
  else void readCommand(null);
  // The map is made only now: it opens on the plan instead of loading the city's tiles for a flight.
  store.set({ ready: true });
  // Where the map opens is nobody's choice yet: a link of it still opens on the newest plan. What
  // a wall looks at is never its address: begun again, it would open on the past.
  if (!follow) setTimeout(keepAddress);
}

/** The incident in the address, or the newest that is open where that one is not known here. */
async function firstIncident(asked: string | null): Promise<string | null> {
  const known = (): boolean => store.state.incidents.some(({ id }) => id === asked);
  if (asked && !known()) await readIncident(asked);
  if (asked && known()) return asked;
  return store.state.incidents.find(({ status }) => status === "open")?.id ?? null;
}

/** Speak the language of the address, else the one chosen before, else the browser's; run the clock. */
export function beginWords(): void {
  const stored = localStorage.getItem("language");
  useLanguage(initialLanguage(location.search, stored, navigator.language));
  recallGround(follow);
  setInterval(() => store.set({ now: Date.now() }), 1000);
}

function useLanguage(language: Language): void {
  setLanguage(language);
  speak(language);
  store.set({ language });
}

async function readSite(away?: () => Promise<void>): Promise<boolean> {
  try {
    const session = await api.getSession();
    setZone(session.site.timezone);
    store.set({ session });
    if (session.user === null && session.permissions.length === 0) return false;
    await Promise.all([readLayers({ tiles: true }), readGround(), readIncidents()]);
    return true;
  } catch (cause) {
    if (cause instanceof ApiError && cause.status === 401) return false;
    if (away && cause instanceof ApiError && AWAY.has(cause.status)) {
      await away();
      return false;
    }
    tell(explain(cause), "error");
    return false;
  }
}

/** `tiles`: what the map has drawn is not known to be of this database, so it is drawn anew. */
export async function readLayers({ tiles = false } = {}): Promise<void> {
  const answer = await attempt(api.getLayers);
  if (!answer) return;
  const attribution = [
    ...new Set([...(store.state.session?.site.attribution ?? []), ...answer.attribution]),
  ];
  store.set({
    layers: answer.layers,
    epoch: answer.epoch,
    attribution,
  });
  if (tiles) tilesRead(answer);
  if (follow) void readGrades();
}

/** Words from the server are in the language that asked: read everything shown once more. */
export async function changeLanguage(): Promise<void> {
  const language = store.state.language === "zh" ? "en" : "zh";
  await loadWords(language);
  useLanguage(language);
  localStorage.setItem("language", store.state.language);
  if (store.state.field.mode === "pack") {
    (await fetched(() => import("./open_pack"))).renamePack();
    return;
  }
  const { incident, card } = store.state;
  await Promise.all([
    readLayers(),
    incident ? readPlan(incident) : null,
    incident ? readCalls(incident) : null,
    card ? openCard(card.layer, card.id) : null,
  ]);
}

export async function signIn(name: string, password: string): Promise<void> {
  if ((await attempt(() => api.signIn(name, password))) !== null) location.reload();
}

export async function signOut(): Promise<void> {
  if ((await attempt(api.signOut)) !== null) location.reload();
}

function connect(): void {
  const { session } = store.state;
  const handlers = {
    onChange: take,
    onReset: () => void readAgain(),
    onLink: heardFrom,
    onClock: (now: number) => store.set({ skew_ms: now - Date.now() }),
    onLatest: takeLatest,
  };
  watchUnread(readAgain);
  const stream = new SharedStream(handlers, session?.user?.name ?? "");
  // What was sealed while the page was being read comes first.
  stream.startAfter(session?.seq ?? null, session?.epoch ?? null);
  addEventListener("pagehide", () => stream.stop());
  addEventListener("pageshow", (event) => {
    if (event.persisted) stream.start();
  });
}

async function readAgain(): Promise<void> {
  heard(null);
  await Promise.all([readLayers({ tiles: true }), readGround(), readIncidents()]);
  const { incident } = store.state;
  await readCommand(incident);
  if (incident) await Promise.all([readPlan(incident), readCalls(incident)]);
}

/** Registers of what lies under the features. */
const GROUND_TABLES = new Set(["basemap_file", "external_source", "raster"]);

let countsDue: ReturnType<typeof setTimeout> | undefined;
/** Apply one change from the journal: it names what changed, the API says what it is now. */
export function take(change: Change): void {
  const { feature, incident } = change;
  if (change.layer === "incident" && feature)
    soon(`incident ${feature}`, () => takeIncident(feature, change.op));
  else if (change.layer === "decision" && incident)
    soon(`incident ${incident}`, () => readIncident(incident));
  else if (change.layer === "assessment" && incident)
    soon(`plan ${incident}`, () => takePlan(incident, feature));
  else if (change.layer === "call" && incident)
    soon(`calls ${incident}`, () => takeCalls(incident));
  followCommand(change);
  heard(change);
  if (GROUND_TABLES.has(change.layer)) soon("ground", readGround);
  tilesTouched(change);
  const { layers, card } = store.state;
  // People define layers of their own: one that is not known yet, or known otherwise, is read too.
  const own = change.layer === "user_layer" || change.layer.startsWith("u_");
  if (!own && !layers.some((layer) => layer.name === change.layer)) return;
  if (card?.layer === change.layer && card.id === change.feature)
    void openCard(card.layer, card.id);
  // A load of a thousand rows is a thousand changes: read the counts once they rest.
  clearTimeout(countsDue);
  countsDue = setTimeout(() => void readLayers(), 400);
}

async function takeIncident(id: string, op: string): Promise<void> {
  if (op === "delete") {
    dropIncident(id);
    return;
  }
  const known = store.state.incidents.some((incident) => incident.id === id);
  // This page reported it and holds the answer.
  if (known && op === "insert") return;
  await readIncident(id);
  // A wall decides by itself whose turn it is.
  if (!known && !follow && store.state.incident === null && store.state.draft === null)
    await openIncident(id);
}

async function takePlan(incident: string, plan: string | null): Promise<void> {
  const held = store.state.assessments[incident];
  if (store.state.assessing.has(incident) || (held && held.id === plan)) return;
  await readPlan(incident);
  if (store.state.incident === incident && (!held || follow) && !steered()) fly({ to: "plan" });
}

/** Another incident's sheet is read when that one is opened, this page's own after its plan. */
async function takeCalls(incident: string): Promise<void> {
  if (store.state.assessing.has(incident)) return;
  if (store.state.incident === incident) await readCalls(incident);
}

function keepAddress(): void {
  let due: ReturnType<typeof setTimeout> | undefined;
  store.subscribe((state, changed) => {
    if (!changed.has("view") && !changed.has("hidden") && !changed.has("incident")) return;
    clearTimeout(due);
    // Safari refuses more than a hundred replacements in thirty seconds.
    due = setTimeout(() => history.replaceState(null, "", writePlace(location.search, state)), 350);
  });
}
