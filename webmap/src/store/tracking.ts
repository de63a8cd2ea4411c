/** Vehicles and people: the latest of each, alerts, and the track of one that was pressed. */
import * as api from "../api/positions";
import { t, word } from "../text/i18n";
import { noAnswer } from "./command";
import { attempt, tell } from "./notices";
import { activeIncident, may, type State, store } from "./state";

const HOUR_MS = 3_600_000;

/** The world that is looked at: an exercise has vehicles and alerts of its own. */
const isExercise = (state: State): boolean => activeIncident(state)?.exercise ?? false;

/** Read everything once; the stream then tells what moves. */
export async function readMoving(): Promise<void> {
  if (!may(store.state, "positions.read")) return;
  const exercise = isExercise(store.state);
  const [list, alerts] = await Promise.all([
    attempt(() => api.getPositions(exercise)),
    attempt(() => api.getAlerts(exercise)),
  ]);
  if (list) store.set({ movers: new Map(list.map((one) => [one.id, one])) });
  if (alerts) store.set({ alerts: alerts.alerts });
}

/** Apply a batch of the stream: what is older than what is held came late and changes nothing. */
export function takeLatest(batch: readonly api.Mover[]): void {
  const movers = new Map(store.state.movers);
  let moved = false;
  const exercise = isExercise(store.state);
  for (const one of batch) {
    if (one.exercise !== exercise) continue;
    const held = movers.get(one.id);
    if (held && held.seenAt > one.seenAt) continue;
    movers.set(one.id, { ...held, ...one });
    moved = true;
  }
  if (moved) store.set({ movers });
}

export async function readAlerts(): Promise<void> {
  if (!may(store.state, "positions.read")) return;
  const answer = await attempt(() => api.getAlerts(isExercise(store.state)));
  if (!answer) return;
  const known = new Set(store.state.alerts.map(({ id }) => id));
  store.set({ alerts: answer.alerts });
  for (const one of answer.alerts)
    if (!known.has(one.id) && isWaiting(one)) tell(alertText(one), "error");
}

/** An alert that nobody has taken notice of. */
export const isWaiting = ({ acknowledged_at, closed_at }: api.Alert): boolean =>
  acknowledged_at === null && closed_at === null;

export function alertText(one: api.Alert): string {
  const who = one.name ?? one.plate ?? one.tracker;
  return t("alert.text", { who, what: word("alert", one.kind) });
}

export async function acknowledge(one: api.Alert): Promise<void> {
  const answer = await attempt(() => api.acknowledge(one));
  if (!answer) return;
  const alerts = store.state.alerts.map((other) => (other.id === one.id ? answer : other));
  store.set({ alerts });
}

/** Where a vehicle or person was in the last hour, drawn, with how far it came. */
export async function openTrack(mover: string, hours = 1): Promise<void> {
  store.set({ tracked: { mover, hours, track: null }, answer: noAnswer });
  const { now, skew_ms } = store.state;
  const to = now + skew_ms;
  const moment = (at: number): string => new Date(at).toISOString();
  const track = await attempt(() => api.getTrack(mover, moment(to - hours * HOUR_MS), moment(to)));
  const { tracked } = store.state;
  if (!track || tracked?.mover !== mover) return;
  store.set({ tracked: { mover, hours, track }, answer: trackAnswer(track) });
}

/** Pressed on the map: the list opens at it, with its track. */
export function pressMover(mover: string): void {
  store.set({ drawer: "moving", tool: "moving" });
  void openTrack(mover);
}

export function closeTrack(): void {
  store.set({ tracked: null, answer: noAnswer });
}

function trackAnswer({ line }: api.Track) {
  if (!line) return noAnswer;
  return {
    type: "FeatureCollection" as const,
    features: [{ type: "Feature" as const, geometry: line, properties: { role: "track" } }],
  };
}
