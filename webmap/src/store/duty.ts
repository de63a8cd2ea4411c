/** What the desk holds beside the plans: read when it is first shown, and again when it changes. */
import { getBulletins } from "../api/bulletins";
import { getCards } from "../api/cards";
import { getRuns } from "../api/compare";
import { getDeadlines } from "../api/deadline";
import { getDecisions } from "../api/decisions";
import { getCorrections, getFile } from "../api/incident_file";
import { getLog, getNote, getNotes, LOG_PAGE } from "../api/log";
import { getProposals, getReadings } from "../api/readings";
import type { Change } from "../api/wire";
import type { Duty } from "./duty_state";
import { hear } from "./heard";
import { attempt } from "./notices";
import { soon } from "./soon";
import { openIncidents, type State, store } from "./state";

const READERS = {
  deadlines: getDeadlines,
  log: wholeLog,
  notes: wholeNotes,
  decisions: async (incident: string) => (await getDecisions(incident)).decisions,
  readings: getReadings,
  proposals: getProposals,
  bulletins: async (incident: string) => (await getBulletins(incident)).bulletins,
  cards: getCards,
  runs: async (incident: string) => (await getRuns(incident)).assessments,
  files: getFile,
  corrections: getCorrections,
} satisfies { [P in keyof Duty]?: (incident: string) => Promise<Duty[P][keyof Duty[P]]> };
export type Part = keyof typeof READERS;

/** What a change of a table changes here, beside the log, which tells of all of them. */
const TOUCHED: Readonly<Record<string, readonly Part[]>> = {
  incident: ["deadlines", "files", "corrections", "runs"],
  assessment: ["runs", "cards", "corrections"],
  bulletin: ["bulletins", "deadlines"],
  deadline: ["deadlines"],
  deadline_rule: ["deadlines"],
  decision: ["decisions"],
  document: ["notes"],
  proposal: ["proposals", "readings"],
  task: ["corrections"],
};

export function setDuty(patch: Partial<Duty>): void {
  store.set({ duty: { ...store.state.duty, ...patch } });
}

export async function readPart(part: Part, incident: string): Promise<void> {
  const found = await attempt<unknown>(() => READERS[part](incident));
  if (found !== null) setDuty({ [part]: { ...store.state.duty[part], [incident]: found } });
}

/** Put what a write has answered in the place of what was held under its id. */
export function keepIn<T extends { id: string }>(
  part: "notes" | "decisions" | "proposals" | "bulletins" | "runs",
  incident: string,
  one: T,
): void {
  const held = (store.state.duty[part][incident] ?? []) as unknown as readonly T[];
  const kept = held.some(({ id }) => id === one.id)
    ? held.map((other) => (other.id === one.id ? one : other))
    : [...held, one];
  setDuty({ [part]: { ...store.state.duty[part], [incident]: kept } });
}

/** A log of days is read once; from then on only what came after. */
async function wholeLog(incident: string): Promise<Duty["log"][string]> {
  let held = store.state.duty.log[incident] ?? [];
  for (;;) {
    const { log } = await getLog(incident, held.at(-1)?.seq ?? 0);
    const last = held.at(-1)?.seq ?? 0;
    const fresh = log.filter(({ seq }) => seq > last);
    held = [...held, ...fresh];
    if (log.length < LOG_PAGE) return held;
  }
}

/** All notes are read once; from then on the newest page, which holds what was written since. */
async function wholeNotes(incident: string): Promise<Duty["notes"][string]> {
  const held = store.state.duty.notes[incident];
  let { notes, more } = await getNotes(incident, null);
  while (more && held === undefined) {
    const older = await getNotes(incident, notes[0]?.id ?? null);
    notes = [...older.notes, ...notes];
    more = older.more;
  }
  const fresh = new Set(notes.map(({ id }) => id));
  return [...(held ?? []).filter(({ id }) => !fresh.has(id)), ...notes];
}

function has(part: Part, incident: string): boolean {
  return store.state.duty[part][incident] !== undefined;
}

function again(part: Part, incident: string): void {
  soon(`${part} ${incident}`, () => readPart(part, incident));
}

/** One note by itself: what is struck may be older than the newest page. */
function againNote(incident: string, id: string): void {
  soon(`note ${id}`, async () => {
    const note = await attempt(() => getNote(incident, id));
    if (note) keepIn("notes", incident, note);
  });
}

/** Deadlines run for every open incident, whichever is shown. */
function readDeadlines(): void {
  for (const { id } of openIncidents(store.state)) again("deadlines", id);
}

function take(change: Change | null): void {
  if (change === null) {
    rereadAll();
    return;
  }
  const incident = change.layer === "incident" ? change.feature : change.incident;
  if (change.layer === "deadline_rule") readDeadlines();
  if (!incident) return;
  if (has("log", incident)) again("log", incident);
  for (const part of TOUCHED[change.layer] ?? [])
    if (has(part, incident) || part === "deadlines") again(part, incident);
  if (change.layer === "note" && change.feature && change.op !== "delete" && has("notes", incident))
    againNote(incident, change.feature);
  // A proposal must reach the officer whatever is on the screen.
  if (change.layer === "proposal" && incident === store.state.incident)
    again("proposals", incident);
}

/** After a gap, or in another language: what is shown is asked for once more, the rest later. */
function rereadAll(): void {
  const { duty, incident } = store.state;
  const shown = (Object.keys(READERS) as Part[]).filter(
    (part) => incident !== null && has(part, incident),
  );
  const kept = Object.fromEntries(
    (Object.keys(READERS) as Part[]).map((part) => {
      // Of these a page is read once and then only what is told: after a gap, from the beginning.
      const anew = part === "log" || part === "notes";
      const mine = incident === null || anew ? undefined : duty[part][incident];
      return [part, mine === undefined ? {} : { [incident as string]: mine }];
    }),
  );
  setDuty({ ...kept, deadlines: duty.deadlines });
  if (incident) for (const part of shown) again(part, incident);
  readDeadlines();
}

/** What is measured is no change of a layer and comes in no stream: it is asked for. */
const READINGS_EACH_S = 10;

function followReadings({ incident, now }: State): void {
  if (incident === null || document.hidden || Math.floor(now / 1000) % READINGS_EACH_S !== 0)
    return;
  if (openIncidents(store.state).some(({ id }) => id === incident)) again("readings", incident);
}

/** Begin: deadlines of all open incidents, proposals of the one that is open, and every change. */
export function watchDuty(): void {
  hear(take);
  readDeadlines();
  const followOpen = (): void => {
    const { incident } = store.state;
    if (!incident) return;
    if (!has("proposals", incident)) again("proposals", incident);
    if (!has("corrections", incident)) again("corrections", incident);
    if (!has("readings", incident)) again("readings", incident);
  };
  followOpen();
  let language = store.state.language;
  store.subscribe((state, changed) => {
    if (changed.has("incident")) followOpen();
    if (changed.has("now")) followReadings(state);
    if (changed.has("incidents"))
      for (const { id } of openIncidents(state)) if (!has("deadlines", id)) again("deadlines", id);
    if (state.language !== language) {
      language = state.language;
      rereadAll();
    }
  });
}
