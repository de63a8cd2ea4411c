/** Plots in step with the server: edits go out in batches, those of others come in by the stream. */
import { ApiError } from "../api/client";
import { newId } from "../api/ids";
import * as api from "../api/plots";
import { WireError } from "../api/read";
import type { Change } from "../api/wire";
import { t } from "../text/i18n";
import { hear } from "./heard";
import { looksBack } from "./looking";
import { explain, tell } from "./notices";
import { folded } from "./plot_fold";
import { bornIn, giveVersion, isOwn, othersSince, showFresh } from "./plot_own";
import { PlotQueue } from "./plot_queue";
import { nothingOpen, type Pending, type PlotState, plotStore } from "./plot_state";
import { soon } from "./soon";
import { store } from "./state";

const BATCH_MS = 100;
const BATCH = 200;
/** After none, one, two and more failures. */
const RETRY_MS = [BATCH_MS, 500, 1000, 2000, 4000, 8000] as const;
const AGAIN_MS = 2500;
/** The link is down, the server restarts or is full, or nobody is signed in: the edit waits. */
const LATER: ReadonlySet<number> = new Set([0, 401, 429, 500, 502, 503, 504]);

/** This tab: the server tells its edits from those of others by it. */
export const client = newId();
const queue = new PlotQueue(localStorage, () => tell(t("plot.full"), "error"));
let known = new Map<string, api.Plot>();
let conflicts = new Map<string, api.Conflict>();
let seq: number | null = null;
let flying: ReadonlySet<string> = new Set();
let sending = false;
let due: ReturnType<typeof setTimeout> | undefined;
let failures = 0;
/** After a refusal that names no edit they go one by one, until the wrong one is found. */
let single = false;

const me = (): string => store.state.session?.user?.name ?? "";

/** Show what is known now. */
function show(patch: Partial<PlotState> = {}): void {
  const { incident } = plotStore.state;
  const plots = folded(known, queue.waiting(incident));
  const selection = new Set([...plotStore.state.selection].filter((id) => plots.has(id)));
  const refused = queue.refused();
  plotStore.set({
    plots,
    conflicts: [...conflicts.values()],
    refused,
    selection,
    waiting: queue.all.length - refused.length,
    away: failures > 0,
    ...patch,
  });
}

/** Follow the incident that is open; call once. */
export function beginPlots(): void {
  queue.recall(me());
  const look = (): void => {
    const { incident } = store.state;
    if (incident !== plotStore.state.incident) void openPlots(incident);
  };
  store.subscribe((state, changed) => {
    if (changed.has("incident")) look();
    if (changed.has("session")) queue.recall(me());
    if (changed.has("epoch") && plotStore.state.loaded) void openPlots(state.incident);
    if (changed.has("link") && state.link.status === "live" && failures > 0) retryNow();
  });
  // Where changes were missed, what is shown is not known to be so.
  hear((change) => change ?? void openPlots(plotStore.state.incident));
  look();
  send(0);
}

async function openPlots(incident: string | null): Promise<void> {
  if (incident !== plotStore.state.incident) {
    known = new Map();
    conflicts = new Map();
    seq = null;
    show({ ...nothingOpen, incident });
  }
  if (!incident) return;
  try {
    const found = await api.getPlots(incident);
    if (plotStore.state.incident !== incident) return;
    known = new Map(found.plots.map((plot) => [plot.id, plot]));
    const met = [...found.conflicts, ...found.plots.flatMap(({ conflict }) => conflict)];
    conflicts = new Map(met.map((one) => [one.id, one]));
    seq = found.seq;
    show({ loaded: true });
  } catch (cause) {
    unread(cause, () => void openPlots(plotStore.state.incident));
  }
}

/** What could not be read is read again where the server is away; anything else is said. */
function unread(cause: unknown, again: () => void): void {
  if (!(cause instanceof ApiError || cause instanceof WireError)) throw cause;
  const status = cause instanceof ApiError ? cause.status : null;
  if (status !== null && LATER.has(status)) setTimeout(again, AGAIN_MS);
  // Who may not see the incident has no plots of it to miss.
  else if (status !== 404 && status !== 403) tell(explain(cause), "error");
}

/** A change of the journal: what it did is read, once for a burst of them. */
export function plotsChanged({ incident }: Pick<Change, "incident">): void {
  if (incident && incident === plotStore.state.incident) soon("plots", readChanges);
}

async function readChanges(): Promise<void> {
  const { incident } = plotStore.state;
  if (!incident) return;
  if (seq === null) {
    await openPlots(incident);
    return;
  }
  try {
    const found = await api.getPlotsAfter(incident, seq);
    if (plotStore.state.incident !== incident) return;
    for (const plot of found.plots) learn(plot);
    for (const id of found.deleted) known.delete(id);
    for (const one of found.conflicts) conflicts.set(one.id, one);
    for (const id of found.settled) conflicts.delete(id);
    seq = found.seq;
    show();
  } catch (cause) {
    unread(cause, () => soon("plots", readChanges));
  }
}

/** A later state of a plot; where it is somebody else's doing it is shown as such for a moment. */
function learn(plot: api.Plot): void {
  const held = known.get(plot.id);
  if (held && held.version > plot.version) return;
  known.set(plot.id, plot);
  if (held?.version === plot.version || isOwn(plot.id, plot.version)) return;
  // The answer to an edit that is on its way comes before or after its event.
  if (flying.has(plot.id)) return;
  showFresh(plot.id, plot.updated_by ?? "");
}

/** Somebody else has edited a plot that this page has made. */
export const touchedByOthers = (id: string): boolean =>
  othersSince(id, known.get(id)?.version ?? 0);

/** Take up what the server drew in one go because this page asked for it. */
export function takeUp(deed: api.Deed): void {
  for (const plot of deed.plots) {
    giveVersion(plot.id, plot.version);
    if ((known.get(plot.id)?.version ?? 0) < plot.version) known.set(plot.id, plot);
  }
  for (const id of deed.taken_off) known.delete(id);
  show();
}

export interface Edit {
  op: Omit<api.Op, "op_id">;
  after?: api.Plot;
}

/** Take edits up: they are shown and kept at once, and sent with the next batch. */
export function submit(edits: readonly Edit[]): string[] {
  const { incident } = plotStore.state;
  if (!incident || looksBack()) return [];
  const taken = edits.map(({ op, after }): Pending => {
    const held = known.get(op.plot);
    const base = op.op === "resolve" ? {} : { base: op.base ?? held?.version ?? null };
    return {
      incident,
      user: me(),
      client,
      at: Date.now(),
      op: { op_id: newId(), ...op, ...base },
      ...(after ? { after } : {}),
    };
  });
  queue.add(taken);
  show();
  send();
  return taken.map(({ op }) => op.op_id);
}

function send(wait = BATCH_MS): void {
  if (due !== undefined || sending) return;
  due = setTimeout(() => {
    due = undefined;
    void flush();
  }, wait);
}

function retryNow(): void {
  clearTimeout(due);
  due = undefined;
  send(0);
}

const creates = ({ op }: Pending): boolean => op.op === "put" && op.set?.kind !== undefined;

/** What can go together: one incident, one tab, and nothing on a plot that is not born yet. */
function batch(): Pending[] {
  const ready = queue.all.filter(({ refused }) => refused === undefined);
  const [first] = ready;
  const unborn = new Set<string>();
  const last = ready.findIndex((one, at) => {
    const apart = one.incident !== first?.incident || one.client !== first.client;
    const early = unborn.has(one.op.plot);
    if (creates(one)) unborn.add(one.op.plot);
    return apart || early || at === (single ? 1 : BATCH);
  });
  return ready.slice(0, last < 0 ? ready.length : last).map(withBase);
}

/** An edit of a plot that this page made gets its base once the plot has a version. */
function withBase(one: Pending): Pending {
  const { op } = one;
  if (creates(one) || op.base !== null || op.op === "resolve") return one;
  const version = bornIn(op.plot) ?? known.get(op.plot)?.version;
  return version === undefined ? one : { ...one, op: { ...op, base: version } };
}

async function flush(): Promise<void> {
  const edits = batch();
  const [first] = edits;
  if (!first || sending) return;
  sending = true;
  flying = new Set(edits.map(({ op }) => op.plot));
  try {
    const ops = edits.map(({ op }) => op);
    answered(first, (await api.postOps(first.incident, first.client, ops)).results);
    failures = 0;
    single = false;
  } catch (cause) {
    failed(edits, cause);
  }
  sending = false;
  flying = new Set();
  show();
  if (batch().length > 0) send(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]);
}

function failed(edits: readonly Pending[], cause: unknown): void {
  if (cause instanceof ApiError && !LATER.has(cause.status)) refuse(edits, cause);
  else {
    failures += 1;
    if (cause instanceof WireError) tell(explain(cause), "error");
    else if (!(cause instanceof ApiError)) {
      sending = false;
      throw cause;
    }
  }
}

function answered(sent: Pending, results: readonly api.Result[]): void {
  const { incident } = sent;
  for (const { plot, current, version, outcome } of results) {
    if (incident !== plotStore.state.incident) continue;
    if (current) known.set(plot, current);
    else if (version === null) known.delete(plot);
    // What another tab of this person made and this one only sent is the other's.
    if (version !== null && sent.client === client) giveVersion(plot, version);
    if (outcome !== "conflict") continue;
    tell(t("plot.conflict.told"), "info");
    soon("plots", readChanges);
  }
  queue.remove(new Set(results.map(({ op_id }) => op_id)));
}

/** One wrong edit refuses its whole batch: it is set aside with the reason, the others go on. */
function refuse(edits: readonly Pending[], cause: ApiError): void {
  const named = edits.find(({ op }) => op.op_id === cause.details.op);
  const wrong = named ?? (edits.length === 1 ? edits[0] : undefined);
  if (!wrong) {
    single = true;
    return;
  }
  queue.change({ ...wrong, refused: cause.message });
  tell(t("plot.refused.told", { reason: cause.message }), "error");
}

/** Send an edit once more that was refused. */
export function tryAgain(edit: Pending): void {
  const { refused: _, ...again } = edit;
  queue.change(again);
  show();
  send();
}

export function discard(edit: Pending): void {
  queue.remove(new Set([edit.op.op_id]));
  show();
}
