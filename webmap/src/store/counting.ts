/** Counts of what the question asks: by district, layer, kind, grade, time or a field. */
import * as api from "../api/queries";
import { askable, askedLayers, filtersOf, whereBody } from "./asking";
import { attempt } from "./notices";
import type { Counting } from "./planner";
import { layerNamed, type State, store } from "./state";

function patch(change: Partial<Counting>): void {
  store.set({ counting: { ...store.state.counting, ...change } });
}

export function countBy(by: string): void {
  patch({ by });
  void count();
}

export function countAt(level: string): void {
  patch({ level });
  void count();
}

const KINDS = new Set(["kind", "class"]);

/** What the chosen layers can be counted by: what all of them have. */
export function dimensions(state: State): string[] {
  const names = askedLayers(state);
  const layers = names.flatMap((name) => layerNamed(state, name) ?? []);
  const every = (test: (field: { name: string; type: string }) => boolean): boolean =>
    state.asking.layers.size === 0 || layers.every(({ fields }) => fields.some(test));
  const found = ["layer", "district"];
  if (every(({ name }) => KINDS.has(name))) found.push("kind");
  if (every(({ name }) => name === "grade")) found.push("grade");
  if (every(({ name, type }) => (type === "time" || type === "date") && name !== "source_date"))
    found.push("year", "month");
  const [only] = layers;
  if (layers.length === 1 && only)
    found.push(
      ...only.fields
        .filter(
          ({ name, type, domain }) =>
            (domain?.length || type === "boolean") && !found.includes(name) && !KINDS.has(name),
        )
        .map(({ name }) => name),
    );
  return found;
}

/** Which question was asked last: an answer that comes after its successor's is let go. */
let newest = 0;

/** Count where the question looks; a question without a place counts everywhere. */
export async function count(): Promise<void> {
  const { asking, bounds, counting } = store.state;
  const area = whereBody(asking, bounds) ?? {};
  const asked = askedLayers(store.state);
  if (askable(store.state).length === 0) return;
  const by = dimensions(store.state).includes(counting.by) ? counting.by : "layer";
  patch({ busy: true, by });
  // With no layer chosen, the server takes those that can be counted so.
  const layers = asking.layers.size === 0 && by !== "layer" && by !== "district" ? null : asked;
  const body = {
    ...area,
    ...(layers ? { layers } : {}),
    filters: filtersOf(asking, asked),
    by: [by],
    ...(by === "district" && counting.level ? { level: counting.level } : {}),
  };
  const turn = ++newest;
  const answer = await attempt(() => api.askStatistics(body));
  if (turn !== newest) return;
  patch({ busy: false, answer: answer ?? counting.answer });
}
