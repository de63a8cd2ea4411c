/** The accident grade that the rules propose while the caller still speaks. */
import { askGrade } from "../api/incident_file";
import type { Draft } from "./draft";
import { setDuty } from "./duty";
import { judged } from "./intake";
import { attempt } from "./notices";

const PAUSE_MS = 250;
let asked = "";
let due: ReturnType<typeof setTimeout> | undefined;
let running: AbortController | null = null;

/** Ask for the grade of what has been typed, once it rests; figures that are none ask nothing. */
export function proposeGrade({ told }: Draft): void {
  const risks = {
    ...judged("important_place", told.important_place),
    ...judged("serious_pollution", told.serious_pollution),
  };
  const known =
    Object.keys(told.harmed).length > 0 || told.loss_yuan !== null || Object.keys(risks).length > 0;
  const body = {
    casualties: told.harmed,
    ...(told.loss_yuan === null ? {} : { direct_loss_yuan: told.loss_yuan }),
    ...risks,
  };
  const question = known ? JSON.stringify(body) : "";
  if (question === asked) return;
  asked = question;
  clearTimeout(due);
  running?.abort();
  if (!known) {
    setDuty({ proposed: null });
    return;
  }
  due = setTimeout(async () => {
    running = new AbortController();
    const { signal } = running;
    const proposed = await attempt(() => askGrade(body, signal));
    if (!signal.aborted && proposed) setDuty({ proposed });
  }, PAUSE_MS);
}
