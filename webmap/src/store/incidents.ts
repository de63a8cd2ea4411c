/** Incidents and their plans: read, open, assess again, log a call. */
import type { Assessment } from "../api/assessment";
import * as api from "../api/calls";
import type { Incident } from "../api/wire";
import { loadModelWords, t } from "../text/i18n";
import { fly } from "./browse";
import { readCommand } from "./follow";
import { attempt, tell } from "./notices";
import { readSheet } from "./sheets";
import { store } from "./state";
import { clearWays } from "./ways";

const byNewest = (a: Incident, b: Incident): number => (a.occurred_at < b.occurred_at ? 1 : -1);

export function keepIncident(incident: Incident): void {
  const others = store.state.incidents.filter((other) => other.id !== incident.id);
  store.set({ incidents: [...others, incident].sort(byNewest) });
}

/** It is gone, or no longer this reader's to see. */
export function dropIncident(id: string): void {
  if (store.state.incident === id) closeIncident();
  store.set({ incidents: store.state.incidents.filter((other) => other.id !== id) });
}

export function keepPlan(incident: string, plan: Assessment): void {
  const { state } = store;
  store.set({ assessments: { ...state.assessments, [incident]: plan } });
  // A new plan has moments of its own.
  if (incident === state.incident) {
    store.set({ slice: null });
    void readSheet(plan);
  }
}

export async function readIncidents(): Promise<void> {
  const answer = await attempt(api.getIncidents);
  if (!answer) return;
  store.set({ incidents: [...answer.incidents].sort(byNewest) });
}

/** Show an incident, its newest plan and its call sheet. */
export async function openIncident(id: string, options: { fly?: boolean } = {}): Promise<void> {
  store.set({ incident: id, source: null, slice: null, sheet: null, ordering: null });
  clearWays();
  if (store.state.pack) {
    // What is on record of it came with the pack.
    if (options.fly !== false) fly({ to: "plan" });
    return;
  }
  void readCommand(id);
  await Promise.all([readPlan(id), readCalls(id)]);
  if (options.fly !== false && store.state.incident === id) fly({ to: "plan" });
}

export function closeIncident(): void {
  store.set({ incident: null, slice: null, ordering: null });
  clearWays();
  void readCommand(null);
}

export async function readIncident(id: string): Promise<void> {
  const incident = await attempt(() => api.getIncident(id));
  if (incident) keepIncident(incident);
}

export async function readPlan(id: string): Promise<void> {
  const [plan] = await Promise.all([attempt(() => api.latestAssessment(id)), loadModelWords()]);
  if (plan) keepPlan(id, plan);
}

export async function readCalls(id: string): Promise<void> {
  const answer = await attempt(() => api.getCalls(id));
  if (answer) store.set({ calls: { ...store.state.calls, [id]: answer.calls } });
}

/** Compute a plan; `changed` holds the weather or release that differs from the report. */
export async function assess(id: string, changed: Record<string, unknown> = {}): Promise<boolean> {
  store.set({ assessing: new Set([...store.state.assessing, id]) });
  const [plan] = await Promise.all([attempt(() => api.assess(id, changed)), loadModelWords()]);
  const assessing = new Set(store.state.assessing);
  assessing.delete(id);
  store.set({ assessing });
  if (!plan) return false;
  keepPlan(id, plan);
  if (store.state.incident === id) fly({ to: "plan" });
  void readCalls(id);
  return true;
}

export function announce(incident: Incident): void {
  tell(t("notice.reported", { title: incident.title }), "good");
}
