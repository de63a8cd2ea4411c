/** The state of the page as it was at a moment, from what the server tells of it. */
import { type Assessment, sliceTimes } from "../api/assessment";
import type { Plot } from "../api/plots";
import { getPlan, getThen, type Then } from "../api/replay";
import { loadModelWords } from "../text/i18n";
import { activeIncident, activePlan, type State } from "./state";

const PLANS_KEPT = 20;
const plans = new Map<string, Assessment>();

export interface StateThen {
  seq: number;
  /** What changed last until then is left out, ms; null where all is told. */
  cutUntil: number | null;
  state: Partial<State>;
  plots: ReadonlyMap<string, Plot>;
}

/** Read how everything was at a moment, with the plan that there was then. */
export async function stateThen(at: number, incident: string | null): Promise<StateThen> {
  const found = await getThen(at, incident);
  const plan = incident && found.plan ? await planOf(incident, found.plan) : null;
  const plots = new Map(found.plots.map((one) => [one.id, one]));
  const cutUntil = found.cut_until ? Date.parse(found.cut_until) : null;
  return { seq: found.seq, cutUntil, state: laidOver(found, incident, plan), plots };
}

function laidOver(found: Then, incident: string | null, plan: Assessment | null): Partial<State> {
  const of = incident ?? "";
  const exercise = found.incidents.find(({ id }) => id === incident)?.exercise ?? false;
  return {
    incidents: found.incidents,
    assessments: plan ? { [of]: plan } : {},
    tasks: { [of]: found.tasks },
    calls: { [of]: found.calls },
    closures: found.closures,
    movers: new Map(
      found.movers.filter((one) => one.exercise === exercise).map((one) => [one.id, one]),
    ),
    alerts: [],
  };
}

/** A plan never changes: it is read once. */
export async function planOf(incident: string, id: string): Promise<Assessment> {
  const held = plans.get(id);
  if (held) return held;
  const [plan] = await Promise.all([getPlan(incident, id), loadModelWords()]);
  plans.set(id, plan);
  const oldest = plans.keys().next();
  if (plans.size > PLANS_KEPT && !oldest.done) plans.delete(oldest.value);
  return plan;
}

/** Where the cloud is at a moment: the last of its times that has come; null before the first. */
export function sliceAt(state: State, at: number): number | null {
  const plan = activePlan(state);
  const incident = activeIncident(state);
  if (!plan || !incident) return null;
  const after = (at - Date.parse(incident.occurred_at)) / 1000;
  return sliceTimes(plan).findLast((time) => time <= after) ?? null;
}
