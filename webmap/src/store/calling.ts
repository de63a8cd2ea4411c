/** The call sheet: lines added by hand, and how each call went. */
import * as api from "../api/calls";
import type { Call } from "../api/wire";
import { attempt } from "./notices";
import { store } from "./state";

function keep(incident: string, call: Call): void {
  const held = store.state.calls[incident] ?? [];
  const known = held.some(({ id }) => id === call.id);
  const sheet = known
    ? held.map((other) => (other.id === call.id ? call : other))
    : [...held, call];
  store.set({ calls: { ...store.state.calls, [incident]: sheet } });
}

/** Whom else to call, and why; what was not said is left out. */
export async function addCall(
  incident: string,
  line: { name: string; phone: string; purpose: string },
): Promise<boolean> {
  const said = Object.fromEntries(Object.entries(line).filter(([, text]) => text !== ""));
  const call = await attempt(() => api.addCall(incident, said));
  if (call) keep(incident, call);
  return call !== null;
}

/** How a call went, with a word on it where there is one. */
export async function logCall(
  incident: string,
  id: string,
  result: string,
  note = "",
): Promise<void> {
  const call = await attempt(() => api.logCall(incident, id, note ? { result, note } : { result }));
  if (call) keep(incident, call);
}
