/** Decisions: drafted here, approved, refused or withdrawn where one may. */
import { addDecision, decide as answer, type Decision, type Verdict } from "../api/decisions";
import { showTab } from "./browse";
import { keepIn, readPart, setDuty } from "./duty";
import { attempt } from "./notices";

/** Begin the decision that approves what was set of an incident without one. */
export function approveLater(incident: string, field: string): void {
  setDuty({ deciding: { incident, proposal: null, says: "", approves: field } });
  showTab("decisions");
}

export async function draftDecision(
  incident: string,
  body: Record<string, unknown>,
): Promise<boolean> {
  const made = await attempt(() => addDecision(incident, body));
  if (made) keepIn("decisions", incident, made);
  return made !== null;
}

/** Somebody else may have been faster: then what holds now is read and shown. */
export async function decide(
  incident: string,
  decision: Decision,
  how: Verdict,
  reason: string,
): Promise<boolean> {
  const done = await attempt(() => answer(incident, decision, how, reason));
  if (done) keepIn("decisions", incident, done);
  else await readPart("decisions", incident);
  return done !== null;
}
