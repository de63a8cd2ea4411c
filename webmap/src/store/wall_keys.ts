/** Keys of a wall: how its screens stay signed in while nobody sits at them. */
import { addKey, getKeys, revokeKey, type WallKey } from "../api/walls";
import { t } from "../text/i18n";
import { attempt, tell } from "./notices";
import { Observable } from "./observable";
import { drivingStore } from "./walls";

export interface Keys {
  /** Those in force; null until they have been read. */
  keys: readonly WallKey[] | null;
  /** The page of the key that was just made: it is told once. */
  page: string | null;
}

export const keysStore = new Observable<Keys>({ keys: null, page: null });

export async function readKeys(): Promise<void> {
  const { name } = drivingStore.state;
  const answer = await attempt(() => getKeys(name));
  if (!answer || drivingStore.state.name !== name) return;
  const now = Date.now();
  keysStore.set({
    keys: answer.keys.filter((one) => one.revoked_at === null && Date.parse(one.expires_at) > now),
  });
}

export async function makeKey(title: string): Promise<boolean> {
  const made = await attempt(() => addKey(drivingStore.state.name, title));
  if (!made) return false;
  keysStore.set({ page: new URL(made.page, location.href).href });
  await readKeys();
  return true;
}

export async function takeBack({ id, title }: WallKey): Promise<void> {
  if ((await attempt(() => revokeKey(drivingStore.state.name, id))) !== null)
    tell(t("wall.key.taken", { title }), "good");
  await readKeys();
}
