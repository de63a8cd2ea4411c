/** Orders on the wire: who does what, what it takes, how far it has come, and when it is expected. */
import { address, ifMatch, request } from "./client";
import { boolean, fallback, list, number, optional, type Read, record, shape, text } from "./read";

const API = "/api/v1";

const item = shape({
  what: text,
  item: optional(text),
  amount: number,
  unit: fallback(text, ""),
});
export type TaskItem = Read<typeof item>;

export const task = shape({
  id: text,
  incident_id: text,
  kind: fallback(text, "go"),
  title: optional(text),
  note: optional(text),
  layer: optional(text),
  feature_id: optional(text),
  feature_name: optional(text),
  vehicle: optional(text),
  travel_time_s: optional(number),
  /** By the plan; `eta` is by where each of its vehicles was last seen. */
  expected_at: optional(text),
  eta: fallback(
    list(shape({ expected_at: optional(text), at: optional(text), state: optional(text) })),
    [],
  ),
  lon: optional(number),
  lat: optional(number),
  state: text,
  state_at: optional(text),
  state_by: optional(text),
  state_reason: optional(text),
  ordered_by: optional(text),
  ordered_at: optional(text),
  accepted_at: optional(text),
  departed_at: optional(text),
  arrived_at: optional(text),
  ended_at: optional(text),
  items: fallback(list(item), []),
  version: fallback(number, 1),
});
export type Task = Read<typeof task>;
const tasks = shape({ tasks: list(task) });

/** One thing that one place gives: a team or its people or vehicles, or so much of a stock. */
export interface Assignment {
  /** The id of the task: assignments with one are one task. */
  task?: string;
  task_kind?: string;
  title?: string;
  /** Where to, where that is not the incident. */
  lon?: number;
  lat?: number;
  id: string;
  layer: string;
  what: string;
  kind?: string;
  item?: string;
  /** One row of stock. */
  row?: string;
  amount: number;
  unit: string;
  travel_time_s?: number;
  vehicle?: string;
}

const of = (incident: string): string => `${API}/incidents/${incident}/tasks`;

export const getTasks = (incident: string) => request(of(incident), tasks);

/** Order all of them or none; the key makes a second sending the same order. */
export const orderTasks = (incident: string, assignments: readonly Assignment[], key: string) =>
  request(of(incident), tasks, { method: "POST", body: { id: key, assignments } });

export const stepTask = ({ id, version }: Task, state: string, reason: string | null) =>
  request(`${API}/tasks/${id}`, task, {
    method: "PATCH",
    body: { state, ...(reason ? { reason } : {}) },
    headers: ifMatch(version),
  });

export const cancelTask = ({ id, version }: Task, reason: string | null) =>
  request(`${API}/tasks/${id}/cancel`, task, {
    method: "POST",
    body: reason ? { reason } : {},
    headers: ifMatch(version),
  });

const left = shape({
  teams: list(
    shape({
      people: optional(number),
      whole: fallback(boolean, true),
      by_vehicle: fallback(record(number), {}),
    }),
  ),
  stock: list(shape({ id: text, item: text, quantity: optional(number), unit: optional(text) })),
});
export type Left = Read<typeof left>;

/** What is left of a team or a place for this incident, after all that holds it. */
export const getLeft = (incident: string, layer: string, id: string) =>
  request(address(`${API}/incidents/${incident}/available`, { [layer]: id }), left);
