/** Closed roads: those in force, the form that closes one more, and lifting one again. */
import * as api from "../api/closures";
import { t } from "../text/i18n";
import type { Closing } from "./command";
import { draw, stopDrawing } from "./drawing";
import { attempt, tell } from "./notices";
import type { Drawing } from "./planner";
import { activeIncident, store } from "./state";

export const CLOSURE_KINDS = ["barrier", "bridge", "flood", "works", "other"] as const;
const HOUR_MS = 3_600_000;

const empty: Closing = {
  kind: "barrier",
  reason: "",
  hours: null,
  everybody: false,
  geometry: null,
  busy: false,
};

export async function readClosures(): Promise<void> {
  const answer = await attempt(() => api.getClosures(store.state.incident));
  if (answer) store.set({ closures: answer.features });
}

export function beginClosing(): void {
  store.set({ closing: store.state.closing ?? empty });
}

export function editClosing(patch: Partial<Closing>): void {
  const { closing } = store.state;
  if (closing) store.set({ closing: { ...closing, ...patch } });
}

export function cancelClosing(): void {
  stopDrawing();
  store.set({ closing: null });
}

/** Press a road, or draw a line across it or an area over it. */
export function drawClosing(shape: Drawing["shape"]): void {
  beginClosing();
  draw(shape, (geometry) => {
    if (geometry.type === "Point" || geometry.type === "LineString" || geometry.type === "Polygon")
      editClosing({ geometry });
  });
}

/** The body that is sent; an open incident's closure is its own unless it is for everybody. */
export function closureBody(
  form: Closing,
  incident: string | null,
  now: number,
): api.NewClosure | null {
  if (!form.geometry) return null;
  return {
    kind: form.kind,
    geometry: form.geometry,
    reason: form.reason.trim() || null,
    until: form.hours === null ? null : new Date(now + form.hours * HOUR_MS).toISOString(),
    incident: form.everybody ? null : incident,
  };
}

export async function sendClosure(): Promise<void> {
  const { closing, now, skew_ms } = store.state;
  const incident = activeIncident(store.state);
  const body = closing && closureBody(closing, incident?.id ?? null, now + skew_ms);
  if (!closing || !body) return;
  editClosing({ busy: true });
  const made = await attempt(() => api.postClosure(body));
  if (!made) {
    editClosing({ busy: false });
    return;
  }
  store.set({ closing: null });
  tell(t("closing.made"), "good");
  await readClosures();
}

export async function lift(closure: api.Closure): Promise<void> {
  const lifted = await attempt(() => api.liftClosure(closure));
  if (lifted) tell(t("closing.lifted"), "good");
  await readClosures();
}
