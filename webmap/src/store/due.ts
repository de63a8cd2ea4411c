/** What is owed and by when: reports by their deadlines, answers to calls. */
import type { Deadline } from "../api/deadline";
import type { Call } from "../api/wire";

/** The least time before a deadline in which it is near, ms. */
const NEAR_MS = 300_000;

/** How near it is: `soon` in the last quarter of the time that was given, at least 5 min. */
export function urgency(
  { due_at, done_at, missed }: Deadline,
  since: string | null,
  now: number,
): "done" | "missed" | "soon" | "later" {
  if (done_at) return "done";
  const due = Date.parse(due_at);
  if (missed || due <= now) return "missed";
  const given = since ? due - Date.parse(since) : 0;
  return due - now <= Math.max(given / 4, NEAR_MS) ? "soon" : "later";
}

/** What is due next, and before it what was missed and is still owed. */
export function nextDue(list: readonly Deadline[], now: number): Deadline | null {
  const owed = list.filter((one) => one.done_at === null);
  const sorted = [...owed].sort((a, b) => Date.parse(a.due_at) - Date.parse(b.due_at));
  return sorted.find((one) => urgency(one, null, now) === "missed") ?? sorted[0] ?? null;
}

/** For how long, s, an answer has been overdue; null where it is not. */
export function lateFor({ due_at, result }: Call, now: number): number | null {
  if (!due_at || result === "answered" || result === "refused") return null;
  const late = (now - Date.parse(due_at)) / 1000;
  return late > 0 ? late : null;
}
