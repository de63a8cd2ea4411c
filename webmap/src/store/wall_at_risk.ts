/** Who is at risk in which district: asked anew with each plan that comes on the map. */
import { getAtRisk } from "../api/walls";
import { attempt } from "./notices";
import { soon } from "./soon";
import { activePlan, store } from "./state";
import { wallStore } from "./wall_state";

export function watchAtRisk(): void {
  store.subscribe((_, changed) => {
    if (changed.has("assessments") || changed.has("incident") || changed.has("replay")) look();
  });
  look();
}

function look(): void {
  const { incident, replay } = store.state;
  const plan = activePlan(store.state);
  // Of a plan of the past nothing is asked: what is answered is of the plan in force.
  if (!incident || !plan || replay || plan.id === wallStore.state.atRisk?.assessment) return;
  soon(`at risk ${plan.id}`, async () => {
    const found = await attempt(() => getAtRisk(incident));
    if (found) wallStore.set({ atRisk: found });
  });
}
