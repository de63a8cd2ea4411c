/** How many hazard sources there are of each grade, for the wall at rest. */
import * as api from "../api/calls";
import { attempt } from "./notices";
import { layerNamed, store } from "./state";

export const GRADES = ["1", "2", "3", "4"] as const;

let counted = "";

/** Count once for a revision of the layer; what could not be counted is left unknown. */
export async function readGrades(): Promise<void> {
  const layer = layerNamed(store.state, "hazard_source");
  const key = `${store.state.epoch} ${layer?.revision} ${layer?.count}`;
  if (!layer || key === counted) return;
  counted = key;
  const counts = await attempt(() =>
    Promise.all(GRADES.map((grade) => api.countWhere(layer.name, "grade", grade))),
  );
  if (counts === null) counted = "";
  else if (key === counted) store.set({ grades: counts });
}
