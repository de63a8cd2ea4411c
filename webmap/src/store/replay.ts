/** The line of time: any moment of it can be looked at as it was, played, and marked. */
import { sliceTimes } from "../api/assessment";
import { ApiError, lookBack } from "../api/client";
import { newId } from "../api/ids";
import { WireError } from "../api/read";
import * as api from "../api/replay";
import { loadMoreWords, t } from "../text/i18n";
import { readCommand } from "./follow";
import { heard } from "./heard";
import { readCalls, readIncidents, readPlan } from "./incidents";
import { attempt, tell } from "./notices";
import { noPlots, plotStore } from "./plot_state";
import type { Replay, Span } from "./replay_state";
import { readLayers } from "./site";
import { activeIncident, activePlan, type State, store } from "./state";
import { sliceAt, stateThen } from "./then";

/** What is shown moves on so often; what was then is asked for no more often than that. */
const TICK_MS = 250;
const ASK_MS = 400;
const AGAIN_MS = 3_000;
/** Without a mark between, places are this old at most, ms of the past. */
const PLACES_MS = 10_000;
const BEFORE_MS = 60_000;
const SITE_MS = 24 * 3_600_000;
const SPAN_MIN_MS = 1_000;

let timer: ReturnType<typeof setInterval> | undefined;
let due: ReturnType<typeof setTimeout> | undefined;
let asking = false;
let shownAt: number | null = null;
let then: Partial<State> = {};
let watching = false;

/** The server's clock, whatever is shown. */
const present = (): number => Date.now() + store.below.skew_ms;

function patch(change: Partial<Replay>): void {
  const { replay } = store.state;
  if (replay) store.set({ replay: { ...replay, ...change } });
}

/** Open the line of time: it begins with what happened first in the incident, or a day ago. */
export async function openReplay(): Promise<void> {
  await loadMoreWords("replay");
  const to = present();
  const replay: Replay = {
    from: to - SITE_MS,
    to,
    at: null,
    seq: null,
    playing: false,
    speed: 60,
    marks: [],
    more: false,
    span: null,
    cutUntil: null,
    bookmarks: [],
    failed: false,
  };
  store.set({ replay });
  if (!watching) store.subscribe(follow);
  watching = true;
  await readMarks();
}

/** Another incident is another line. */
function follow(_: State, changed: ReadonlySet<keyof State>): void {
  if (!changed.has("incident") || !store.state.replay) return;
  patch({ span: null });
  void readMarks();
  const { at } = store.state.replay;
  if (at !== null) ask(true);
}

async function readMarks(): Promise<void> {
  const incident = activeIncident(store.state);
  const span = store.state.replay?.span ?? null;
  const from = span?.from ?? (incident ? null : present() - SITE_MS);
  const [marks, bookmarks] = await Promise.all([
    attempt(() => api.getMarks(incident?.id ?? null, from, span?.to ?? null)),
    attempt(() => api.getBookmarks(incident?.id ?? null)),
  ]);
  if (!marks || store.state.incident !== (incident?.id ?? null)) return;
  if (store.state.replay?.span !== span) return; // it was narrowed again meanwhile
  const known = { ...marks, bookmarks: bookmarks?.bookmarks ?? [] };
  if (span) {
    patch({ ...known, ...span });
    return;
  }
  const to = present();
  const first = marks.marks[0]?.at ?? to;
  const begun = incident ? Date.parse(incident.occurred_at) : to - SITE_MS;
  const last = Math.max(0, ...(activePlan(store.state) ? slices() : []));
  patch({
    ...known,
    from: (incident ? Math.min(first, begun) : begun) - BEFORE_MS,
    to: incident ? Math.max(to, begun + last * 1000) : to,
  });
}

/** Look at a part of the line, with all that is marked in it; null is the whole line again. */
export async function narrow(span: Span | null): Promise<void> {
  const { replay } = store.state;
  if (!replay || (span && span.to - span.from < SPAN_MIN_MS)) return;
  if (replay.playing) togglePlay();
  patch({ span });
  await readMarks();
  const now = store.state.replay;
  if (now?.at != null) seek(now.at);
}

export function closeReplay(): void {
  backToNow();
  store.set({ replay: null });
}

/** Look at a moment; the end of the line is as far as it goes. */
export function seek(at: number): void {
  const { replay } = store.state;
  if (!replay) return;
  const moment = Math.min(replay.to, Math.max(replay.from, at));
  if (replay.at === null) begin();
  patch({ at: moment });
  show();
  ask(!replay.playing);
}

export function togglePlay(): void {
  const { replay } = store.state;
  if (!replay) return;
  clearInterval(timer);
  if (replay.playing) {
    patch({ playing: false });
    ask(true);
    return;
  }
  if (replay.at === null || replay.at >= replay.to) seek(replay.marks[0]?.at ?? replay.from);
  patch({ playing: true });
  timer = setInterval(tick, TICK_MS);
}

function tick(): void {
  const { replay } = store.state;
  if (!replay?.playing || replay.at === null) return;
  seek(replay.at + TICK_MS * replay.speed);
  if (replay.at + TICK_MS * replay.speed >= replay.to) togglePlay();
}

export function setSpeed(speed: number): void {
  patch({ speed });
}

/** Go to the next or the last entry before; changes of one moment are one step. */
export function step(way: 1 | -1): void {
  const { replay } = store.state;
  if (!replay) return;
  const at = replay.at ?? replay.to;
  const times = replay.marks.map((mark) => mark.at);
  const to = way === 1 ? times.find((one) => one > at + 1) : times.findLast((one) => one < at - 1);
  if (to !== undefined) seek(to);
}

/** See the present again: it has gone on below, and what was written over is read once more. */
export function backToNow(): void {
  const { replay } = store.state;
  clearInterval(timer);
  clearTimeout(due);
  asking = false;
  if (replay?.at == null) return;
  patch({ at: null, seq: null, playing: false, failed: false, cutUntil: null });
  store.set({ twin: null });
  shownAt = null;
  then = {};
  lookBack(false);
  store.lay(null);
  plotStore.lay(null);
  document.body.classList.remove("past");
  const { incident } = store.state;
  heard(null);
  void Promise.all([readLayers({ tiles: true }), readIncidents(), readCommand(incident)]);
  if (incident) void Promise.all([readPlan(incident), readCalls(incident)]);
}

export async function addBookmark(title: string): Promise<void> {
  const { replay, incident } = store.state;
  if (!replay || title.trim() === "") return;
  const at = api.iso(Math.min(replay.at ?? present(), present()));
  const body = { id: newId(), incident, title: title.trim(), at };
  const made = await attempt(() => api.postBookmark(body));
  if (!made) return;
  const bookmarks = [...(store.state.replay?.bookmarks ?? []), made].sort((a, b) => a.at - b.at);
  patch({ bookmarks });
  tell(t("replay.bookmarked", { title: made.title }), "good");
}

export async function removeBookmark(id: string): Promise<void> {
  const held = store.state.replay?.bookmarks ?? [];
  if ((await attempt(() => api.deleteBookmark(id))) === null) return;
  patch({ bookmarks: (store.state.replay?.bookmarks ?? []).filter((one) => one.id !== id) });
  const title = held.find((one) => one.id === id)?.title ?? "";
  tell(t("replay.removed", { title }), "good");
}

/** From now on this page shows the past: it says so everywhere, and writes nothing. */
function begin(): void {
  lookBack(true);
  document.body.classList.add("past");
}

function slices(): number[] {
  const plan = activePlan(store.state);
  return plan ? sliceTimes(plan) : [];
}

/** Everything that tells a time tells the one that is shown, and the cloud is where it was. */
function show(): void {
  const at = store.state.replay?.at;
  if (at == null) return;
  store.lay({ ...then, now: at, skew_ms: 0 });
  store.lay({ ...then, now: at, skew_ms: 0, slice: sliceAt(store.state, at), playing: false });
}

/** Ask how it was, where something happened since it was asked; one question at a time. */
function ask(always: boolean): void {
  const { replay } = store.state;
  if (replay?.at == null || asking || (!always && !isStale(replay, replay.at))) return;
  asking = true;
  const { at } = replay;
  const began = Date.now();
  void read(at, store.state.incident).finally(() => {
    clearTimeout(due);
    const failed = store.state.replay?.failed ?? false;
    due = setTimeout(
      () => {
        asking = false;
        const now = store.state.replay;
        if (now?.at != null && (now.at !== at || failed)) ask(!now.playing || failed);
      },
      failed ? AGAIN_MS : Math.max(0, began + ASK_MS - Date.now()),
    );
  });
}

function isStale({ marks }: Replay, at: number): boolean {
  if (shownAt === null || Math.abs(at - shownAt) >= PLACES_MS) return true;
  const [first, last] = at > shownAt ? [shownAt, at] : [at, shownAt];
  return marks.some((mark) => mark.at > first && mark.at <= last);
}

async function read(at: number, incident: string | null): Promise<void> {
  try {
    const found = await stateThen(Math.min(at, present()), incident);
    if (store.state.replay?.at == null || store.state.incident !== incident) return;
    shownAt = at;
    then = found.state;
    patch({ seq: found.seq, failed: false, cutUntil: found.cutUntil });
    show();
    plotStore.lay({ ...noPlots, incident, loaded: true, plots: found.plots });
  } catch (cause) {
    if (!(cause instanceof ApiError) && !(cause instanceof WireError)) throw cause;
    // What is drawn is not of this moment: the line says so, and it is asked for again.
    patch({ failed: true });
  }
}
