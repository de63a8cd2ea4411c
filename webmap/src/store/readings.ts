/** Readings of the scene, and what is done where one speaks against the plan. */
import { newId } from "../api/ids";
import * as api from "../api/readings";
import { t } from "../text/i18n";
import { readPart } from "./duty";
import { keepPlan, readPlan } from "./incidents";
import { attempt, tell } from "./notices";

export async function giveReading(
  incident: string,
  body: Record<string, unknown>,
): Promise<boolean> {
  const given = await attempt(() => api.addReading({ id: newId(), ...body, incident }));
  if (!given) return false;
  if (given.late) tell(t("reading.late.told"));
  await readPart("readings", incident);
  return true;
}

/** Compute what the proposal asks for; the plan that held before is kept. */
export async function runProposal(incident: string, id: string): Promise<void> {
  const done = await attempt(() => api.runProposal(incident, id));
  if (done) {
    keepPlan(incident, done.assessment);
    await readPlan(incident);
  }
  await readPart("proposals", incident);
}

export async function dismissProposal(incident: string, id: string, reason: string): Promise<void> {
  await attempt(() => api.dismissProposal(incident, id, reason));
  await readPart("proposals", incident);
}
