/** What is known of the packs of this device without opening one. */
import { isExpired } from "../pack/age";
import { listKept } from "../pack/kept";
import { space } from "../pack/shelf";
import { lastUser } from "./field";
import { attempt } from "./notices";
import { store } from "./state";

export const expired = isExpired;

const LAST = "onemap.field.pack";

export function lastOpened(): string | null {
  return localStorage.getItem(LAST);
}

export function noteOpened(id: string): void {
  localStorage.setItem(LAST, id);
}

/** Whether a pack of this device is shown to whoever sits here: their own, or one from a file. */
export function isMine({ owner }: { owner: string | null }): boolean {
  return owner === null || owner === lastUser();
}

/** Read what lies on this device; of another person's packs only how many there are. */
export async function readKept(): Promise<void> {
  const all = await attempt(listKept);
  if (!all) return;
  const kept = all.filter(isMine);
  const pocket = { ...store.state.pocket, kept, others: all.length - kept.length };
  store.set({ pocket: { ...pocket, space: await space() } });
}
