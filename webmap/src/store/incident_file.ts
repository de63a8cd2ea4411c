/** The record of an incident: corrected with a reason, graded by the officer. */
import { getGrade, patchIncident } from "../api/incident_file";
import { readPart, setDuty } from "./duty";
import { keepIncident } from "./incidents";
import { attempt } from "./notices";
import { store } from "./state";

/** Change the record; somebody else may have been faster, then it is read again. */
export async function correct(
  incident: string,
  version: number,
  body: Record<string, unknown>,
): Promise<boolean> {
  const changed = await attempt(() => patchIncident(incident, version, body));
  if (changed) keepIncident(changed);
  await Promise.all([
    readPart("files", incident),
    readPart("corrections", incident),
    readPart("deadlines", incident),
    readGrade(incident),
  ]);
  return changed !== null;
}

export async function readGrade(incident: string): Promise<void> {
  const grade = await attempt(() => getGrade(incident));
  if (grade) setDuty({ grades: { ...store.state.duty.grades, [incident]: grade } });
}
