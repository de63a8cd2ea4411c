/** Runs that only ask "what if": computed beside the plan, compared, and one taken as the plan. */
import * as api from "../api/compare";
import type { Incident } from "../api/wire";
import { loadModelWords } from "../text/i18n";
import { readPart, setDuty } from "./duty";
import { keepIncident, readPlan } from "./incidents";
import { attempt } from "./notices";

export async function tryRun(
  incident: string,
  body: Record<string, unknown>,
): Promise<string | null> {
  const run = await attempt(() => api.addRun(incident, body));
  if (!run) return null;
  await readPart("runs", incident);
  return run.id;
}

export async function compare(incident: string, a: string, b: string): Promise<void> {
  await loadModelWords();
  const comparison = await attempt(() => api.compareRuns(incident, a, b));
  setDuty({ comparison });
}

/** Take a run as the plan of record; `insteadOf` is the one that the officer saw in force. */
export function accept(incident: string, run: string, insteadOf: string | null): Promise<boolean> {
  return held(incident, () => api.acceptRun(incident, run, insteadOf));
}

/** Hold to no plan of record any more: the newest is in force again. */
export function letGo(incident: string, insteadOf: string | null): Promise<boolean> {
  return held(incident, () => api.releasePlan(incident, insteadOf));
}

/** Somebody else may have been faster: what holds now is read whatever came of it. */
async function held(incident: string, work: () => Promise<Incident>): Promise<boolean> {
  const changed = await attempt(work);
  if (changed) keepIncident(changed);
  await Promise.all([readPart("runs", incident), readPlan(incident)]);
  return changed !== null;
}
