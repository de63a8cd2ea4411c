/** Orders: read, give, and say how far each has come; other officers' steps come over the stream. */

import type { Approach } from "../api/assessment";
import { newId } from "../api/ids";
import * as api from "../api/tasks";
import { t } from "../text/i18n";
import { attempt, tell } from "./notices";
import { store } from "./state";

/** The one step that comes next; a task that has ended has none. */
const NEXT: Readonly<Record<string, string>> = {
  proposed: "ordered",
  ordered: "accepted",
  accepted: "departed",
  departed: "arrived",
  arrived: "done",
};
const ON_THE_WAY: ReadonlySet<string> = new Set(["ordered", "accepted", "departed"]);
const ENDED: ReadonlySet<string> = new Set(["done", "cancelled", "refused"]);

export const nextState = ({ state }: api.Task): string | null => NEXT[state] ?? null;
export const isOpen = ({ state }: api.Task): boolean => !ENDED.has(state);
export const isUnderWay = ({ state }: api.Task): boolean => ON_THE_WAY.has(state);

/** Who orders may cancel and order; who reports says the rest. */
export const permissionFor = (state: string): string =>
  state === "ordered" || state === "cancelled" ? "tasks.order" : "tasks.report";

/** When its last vehicle is expected by where it was seen, ms; null where none is followed. */
export function liveArrival({ eta }: api.Task): number | null {
  const times = eta.flatMap(({ expected_at: at }) => (at === null ? [] : [Date.parse(at)]));
  return times.length > 0 ? Math.max(...times) : null;
}

/** Whether every vehicle that is followed stands at the destination: somebody only has to say so. */
export const isNear = ({ eta }: api.Task): boolean =>
  eta.length > 0 && eta.every(({ state }) => state === "near");

/** When it is expected, ms: by where it was last seen, else by the plan. */
export function expectedAt(task: api.Task): number | null {
  return liveArrival(task) ?? (task.expected_at === null ? null : Date.parse(task.expected_at));
}

/** Where an order leads: to the point that its time was worked out to, where that is not the incident. */
export function destinationOf(approach: Approach | null | undefined): {
  lon?: number;
  lat?: number;
} {
  return approach?.inside_zone ? { lon: approach.lon, lat: approach.lat } : {};
}

const RED_AFTER_S = 300;

/** How an arrival that should have been looks: amber at once, red after five minutes. */
export function dueTone(left_s: number): "" | "late" | "overdue" {
  if (left_s >= 0) return "";
  return left_s > -RED_AFTER_S ? "late" : "overdue";
}

export async function readTasks(incident: string): Promise<void> {
  const answer = await attempt(() => api.getTasks(incident));
  if (answer) store.set({ tasks: { ...store.state.tasks, [incident]: answer.tasks } });
}

/** Give orders, all of them or none; true when they are given. */
export async function order(
  incident: string,
  assignments: readonly api.Assignment[],
  key = newId(),
): Promise<boolean> {
  const answer = await attempt(() => api.orderTasks(incident, assignments, key));
  if (!answer) return false;
  for (const task of answer.tasks) keep(task);
  tell(t("order.given", { count: answer.tasks.length }), "good");
  return true;
}

/** Take a task one step on; where somebody was faster, show what it has come to. */
export async function step(task: api.Task, state: string, reason: string | null): Promise<void> {
  const work =
    state === "cancelled"
      ? () => api.cancelTask(task, reason)
      : () => api.stepTask(task, state, reason);
  const answer = await attempt(work);
  if (answer) keep(answer);
  else await readTasks(task.incident_id);
}

function keep(task: api.Task): void {
  const { tasks } = store.state;
  const held = tasks[task.incident_id] ?? [];
  const known = held.some(({ id }) => id === task.id);
  const next = known ? held.map((one) => (one.id === task.id ? task : one)) : [...held, task];
  store.set({ tasks: { ...tasks, [task.incident_id]: next } });
}
