/** Shifts handed over, and the digest of a period. */
import * as api from "../api/handover";
import { newId } from "../api/ids";
import { setDuty } from "./duty";
import { attempt } from "./notices";
import { store } from "./state";

export async function readHandovers(): Promise<void> {
  const found = await attempt(api.getHandovers);
  if (found) setDuty({ handovers: found.handovers, desks: found.desks });
}

export async function makeHandover(
  from: string,
  to: string,
  notes: string,
  region?: string,
): Promise<boolean> {
  const body = { id: newId(), shift_from: from, shift_to: to, notes, ...(region && { region }) };
  return keep(await attempt(() => api.addHandover(body)));
}

export async function editHandover(one: api.Handover, notes: string): Promise<boolean> {
  return keep(await attempt(() => api.editHandover(one, notes)));
}

export async function dropHandover(one: api.Handover): Promise<void> {
  if ((await attempt(() => api.dropHandover(one))) !== null) await readHandovers();
}

export async function signHandover(one: api.Handover, role: "giver" | "taker"): Promise<void> {
  if (!keep(await attempt(() => api.signHandover(one, role)))) await readHandovers();
}

export async function readDigest(from: string, to: string): Promise<void> {
  const digest = await attempt(() => api.getDigest(from, to));
  if (digest) setDuty({ digest });
}

function keep(one: api.Handover | null): boolean {
  if (!one) return false;
  const others = (store.state.duty.handovers ?? []).filter(({ id }) => id !== one.id);
  setDuty({ handovers: [one, ...others].sort((a, b) => (a.shift_to < b.shift_to ? 1 : -1)) });
  return true;
}
