/** Reports that are being written, kept on this device at every keystroke until they are sent. */
import { newId } from "../api/ids";
import type { WireFeature } from "../api/wire";
import { t } from "../text/i18n";
import { type Draft, HARMED, nothingTold, type Told } from "./draft";
import { setDuty } from "./duty";
import type { Unsent } from "./duty_state";
import { attempt, tell } from "./notices";
import { editReport, placeReport, sendReport } from "./report";
import { may, store } from "./state";

/** A report older than this is no longer news: it is taken off the device. */
const LONGEST_MS = 7 * 86_400_000;
/** Names of the reports that this tab had open; it outlives a reload and, mostly, a crash. */
const OPEN = "intake.open";

/** Two people who share a device do not see each other's callers. */
const prefix = (): string => `intake/${store.state.session?.user?.name ?? ""}/`;

/** Begin to keep what is typed, and take up what this tab had open before it was reloaded. */
export function keepIntake(): () => void {
  findUnsent();
  const elsewhere = ({ key }: StorageEvent): void => {
    if (key?.startsWith(prefix())) findUnsent();
  };
  addEventListener("storage", elsewhere);
  const open = sessionStorage.getItem(OPEN);
  const found = store.state.duty.unsent.find(({ id }) => id === open);
  if (found && store.state.draft === null) takeUp(found);
  let shown = store.state.draft !== null;
  const stop = store.subscribe(({ draft }, changed) => {
    if (!changed.has("draft")) return;
    if (draft) keep(draft);
    else if (shown) {
      sessionStorage.removeItem(OPEN);
      findUnsent();
    }
    shown = draft !== null;
  });
  return () => {
    stop();
    removeEventListener("storage", elsewhere);
  };
}

/** Whether a person has said anything at all: an empty form is not worth finding again. */
function typed({
  lon,
  substance,
  title,
  leak,
  told,
  release,
  windSpeed,
  windFrom,
}: Draft): boolean {
  const words = [told.caller, told.phone, told.unit, told.address, told.course, told.measures];
  const others = [told.requests, told.leaders, told.important_place, told.serious_pollution];
  const contact = [told.site_name, told.site_phone, told.occurred, substance, title];
  return (
    lon !== null ||
    leak !== null ||
    windSpeed !== null ||
    windFrom !== null ||
    told.loss_yuan !== null ||
    [...words, ...others, ...contact].some((word) => word !== "") ||
    Object.keys(told.harmed).length > 0 ||
    Object.keys(release).length > 0
  );
}

/**
 * Another tab has gone on with the same report, or sent it: this one is a report of its own now.
 *
 * Two that write under one name would each undo what the other has typed.
 */
function forked(draft: Draft): boolean {
  if (draft.kept === null) return false;
  const held = readUnsent(localStorage.getItem(prefix() + draft.id));
  if (held && held.kept <= draft.kept) return false;
  store.set({ draft: { ...draft, id: newId(), kept: null } });
  tell(t("intake.forked"));
  return true;
}

/** What was written last: a draft that only says anew that it is kept is not kept again. */
let written = "";

function keep(draft: Draft): void {
  if (forked(draft)) return;
  const { busy: _busy, nearby: _nearby, kept: before, ...rest } = draft;
  const whole = JSON.stringify({ ...rest, near: slim(draft) });
  if (whole === written || (before === null && !typed(draft))) return;
  written = whole;
  const kept = Date.now();
  try {
    localStorage.setItem(prefix() + draft.id, JSON.stringify({ ...rest, near: slim(draft), kept }));
    sessionStorage.setItem(OPEN, draft.id);
    store.set({ draft: { ...draft, kept } });
  } catch (cause) {
    if (!(cause instanceof DOMException)) throw cause;
    if (draft.kept !== null) store.set({ draft: { ...draft, kept: null } });
    tell(t("intake.notKept"), "error");
  }
}

/** A tank's record without its outline: a form must never outgrow what a browser keeps. */
function slim({ near }: Draft): WireFeature | null {
  return near ? { ...near, geometry: null } : null;
}

/** Find what is kept of this person, newest first; drop what is too old or cannot be read. */
export function findUnsent(): void {
  const start = prefix();
  const found = Object.keys(localStorage)
    .filter((key) => key.startsWith(start))
    .flatMap((key) => {
      const one = readUnsent(localStorage.getItem(key));
      if (one && Date.now() - one.kept < LONGEST_MS) return [one];
      localStorage.removeItem(key);
      return [];
    });
  setDuty({ unsent: found.sort((a, b) => b.kept - a.kept) });
}

/** What another version of the page has kept may lack fields of this one. */
function readUnsent(text: string | null): Unsent | null {
  if (text === null) return null;
  try {
    const draft = JSON.parse(text) as Partial<Draft> | null;
    if (!draft || typeof draft.id !== "string" || typeof draft.kept !== "number") return null;
    if (typeof draft.kind !== "string" || typeof draft.told?.harmed !== "object") return null;
    // What an earlier version of the page has kept lacks what this one asks for.
    const told = { ...nothingTold, ...draft.told };
    return { id: draft.id, kept: draft.kept, draft: { ...(draft as Draft), told } };
  } catch (cause) {
    if (cause instanceof SyntaxError) return null;
    throw cause;
  }
}

/** Go on with a report that was not sent. */
export function takeUp({ draft, id }: Unsent): void {
  sessionStorage.setItem(OPEN, id);
  store.set({ draft: { ...draft, busy: false, nearby: [] }, drawer: "report" });
  if (draft.lon !== null && draft.lat !== null && draft.near === null)
    void attempt(async () => placeReport(draft.lon ?? 0, draft.lat ?? 0));
}

/** Take a report off this device for good. */
export function discard(id: string): void {
  localStorage.removeItem(prefix() + id);
  findUnsent();
}

export function editTold(patch: Partial<Told>): void {
  const { draft } = store.state;
  if (draft) editReport({ told: { ...draft.told, ...patch } });
}

/** What the form knows beside what the plan is computed from; what nobody said is left out. */
export function intakeBody({ told }: Draft): Record<string, unknown> {
  const said = (value: string): string | undefined => value.trim() || undefined;
  const caller = { name: said(told.caller), phone: said(told.phone), unit: said(told.unit) };
  const contact = { name: said(told.site_name), phone: said(told.site_phone) };
  const harmed = HARMED.filter((name) => told.harmed[name] !== undefined);
  const some = (one: object): boolean => Object.values(one).some((value) => value !== undefined);
  return {
    channel: told.channel,
    ...(told.received ? { received_at: told.received } : {}),
    ...(told.occurred ? { occurred_at: told.occurred } : {}),
    ...(some(caller) ? { caller } : {}),
    ...(some(contact) ? { site_contact: contact } : {}),
    ...(harmed.length > 0
      ? { casualties: [{ ...told.harmed, source: said(told.caller) ?? said(told.unit) }] }
      : {}),
    ...(told.loss_yuan === null ? {} : { direct_loss_yuan: told.loss_yuan }),
    address: said(told.address),
    course: said(told.course),
    measures: said(told.measures),
    requests: said(told.requests),
    leaders: said(told.leaders),
    ...judged("important_place", told.important_place),
    ...judged("serious_pollution", told.serious_pollution),
    ...ladders(told),
  };
}

/** Yes, no, or nothing said. */
export function judged(name: string, answer: string): Record<string, boolean> {
  return answer === "" ? {} : { [name]: answer === "yes" };
}

/** Levels are set by who may answer for them; a caller's form never guesses one. */
function ladders({ grade, response, warning }: Told): Record<string, string> {
  if (!may(store.state, "incidents.write")) return {};
  return {
    ...(grade ? { accident_grade: grade } : {}),
    ...(response ? { response_level: response } : {}),
    ...(warning ? { warning_level: warning } : {}),
  };
}

export async function sendIntake(): Promise<void> {
  const { draft } = store.state;
  if (draft) await sendReport(intakeBody(draft), () => discard(draft.id));
}
