/** What a person decides where two edited one thing at once. */
import type { Conflict, Fields } from "../api/plots";
import { create, wholeOf } from "./plot_edit";
import { withFields } from "./plot_fold";
import { plotStore } from "./plot_state";
import { submit } from "./plot_sync";

const settle = (one: Conflict, take: "mine" | "theirs"): void => {
  submit([{ op: { op: "resolve", plot: one.plot, conflict: one.id, take } }]);
};

export const keepMine = (one: Conflict): void => settle(one, "mine");
export const keepTheirs = (one: Conflict): void => settle(one, "theirs");

/** The one stays as it stands; a copy of it becomes the other. */
export function keepBoth(one: Conflict): void {
  const plot = plotStore.state.plots.get(one.plot);
  const mine = fieldsOf(one);
  if (!plot || !mine) return;
  create([wholeOf(withFields(plot, mine))]);
  settle(one, "theirs");
}

/** The fields that the edit which lost had set; null where it was a deletion. */
export function fieldsOf({ field, mine }: Conflict): Fields | null {
  if (field === "deleted") return null;
  if (field !== "shape") return { [field]: mine };
  if (Array.isArray(mine)) return { control: mine };
  if (typeof mine !== "object" || mine === null) return null;
  const { control, geometry, type } = mine as Record<string, unknown>;
  if (geometry) return { geometry };
  if (control) return { control };
  return type ? { geometry: mine } : null;
}
