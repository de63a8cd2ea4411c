/** A wall that a desk has sent into the past: everything as it was, at a pace, until something is new. */
import { sliceTimes } from "../api/assessment";
import type { Wall } from "../api/walls";
import { fetched } from "./coming";
import { attempt } from "./notices";
import { noPlots, plotStore } from "./plot_state";
import { lookingAt } from "./replay_state";
import { type State, store } from "./state";
import type { StateThen } from "./then";
import { hasNews, pastOf, wallStore } from "./wall_state";

/** What was then is asked for so often while the past moves on. */
const ASK_MS = 2000;

let found: StateThen | null = null;
let shown = "";
let asked = 0;
let asking = false;

/** The server's clock, whatever is shown. */
const present = (): number => Date.now() + store.below.skew_ms;

/** The moment that a wall is to show; null where it shows now. */
export function momentOf(
  { at, shown_at, speed }: Pick<Wall, "at" | "shown_at" | "speed">,
  now: number,
): number | null {
  if (at === null || shown_at === null) return null;
  const moment = Date.parse(at) + speed * Math.max(0, now - Date.parse(shown_at));
  return moment >= now ? null : moment;
}

/** Called each second, and when a desk says something else. */
export function lookBackOrNow(): void {
  const { turn, wall } = wallStore.state;
  const wish = wall && !hasNews(store.below, wall) ? pastOf(wall, turn) : null;
  const at = wish ? momentOf(wish, present()) : null;
  if (wish === null || at === null) {
    backToNow();
    return;
  }
  const { incident, shown_at, speed } = wish;
  wallStore.set({ pulse: Date.now() });
  const said = `${shown_at} ${wish.at} ${incident}`;
  if (said !== shown) found = null;
  shown = said;
  if (found === null || (speed > 0 && Date.now() - asked >= ASK_MS)) void ask(at, incident, said);
  else lay(at, incident);
}

function backToNow(): void {
  shown = "";
  if (found === null) return;
  found = null;
  store.lay(null);
  plotStore.lay(null);
}

async function ask(at: number, incident: string | null, said: string): Promise<void> {
  if (asking) return;
  asking = true;
  const { stateThen } = await fetched(() => import("./then"));
  const answer = await attempt(() => stateThen(at, incident));
  asking = false;
  asked = Date.now();
  if (!answer || said !== shown) return;
  found = answer;
  lay(at, incident);
}

function lay(at: number, incident: string | null): void {
  if (!found) return;
  const { seq, state, plots } = found;
  const then: Partial<State> = { ...state, incident, now: at, skew_ms: 0 };
  store.lay({ ...then, slice: sliceOf(then, at), replay: lookingAt(at, seq) });
  plotStore.lay({ ...noPlots, incident, loaded: true, plots });
}

/** Where the cloud is at a moment: the last of its times that has come. */
function sliceOf({ incident, incidents, assessments }: Partial<State>, at: number): number | null {
  const begun = incidents?.find(({ id }) => id === incident)?.occurred_at;
  const plan = assessments?.[incident ?? ""];
  if (!begun || !plan) return null;
  const after = (at - Date.parse(begun)) / 1000;
  return sliceTimes(plan).findLast((time) => time <= after) ?? null;
}
