/** Reports upwards: made in one press, edited, signed. */
import * as api from "../api/bulletins";
import { newId } from "../api/ids";
import { keepIn, readPart, setDuty } from "./duty";
import { attempt } from "./notices";
import { store } from "./state";

export async function openBulletin(incident: string, id: string): Promise<void> {
  keep(await attempt(() => api.getBulletin(incident, id)), incident);
}

export async function makeBulletin(incident: string, kind: api.BulletinKind): Promise<void> {
  keep(await attempt(() => api.addBulletin(incident, newId(), kind)), incident);
}

/** What another has written meanwhile is shown, and what was typed here stays in its field. */
export async function editItem(
  incident: string,
  bulletin: api.Bulletin,
  item: { key: string; zh?: string; en?: string },
): Promise<boolean> {
  const done = await attempt(() => api.editBulletin(incident, bulletin, { items: [item] }));
  if (done) keep(done, incident);
  else await openBulletin(incident, bulletin.id);
  return done !== null;
}

export async function renew(incident: string, bulletin: api.Bulletin): Promise<void> {
  keep(await attempt(() => api.renewBulletin(incident, bulletin)), incident);
}

export async function drop(incident: string, bulletin: api.Bulletin): Promise<void> {
  if ((await attempt(() => api.dropBulletin(incident, bulletin))) === null) return;
  setDuty({ bulletin: null });
  await readPart("bulletins", incident);
}

export async function signBulletin(incident: string, bulletin: api.Bulletin): Promise<void> {
  const done = await attempt(() => api.signBulletin(incident, bulletin));
  if (!done) {
    await openBulletin(incident, bulletin.id);
    return;
  }
  keep(done, incident);
  await readPart("deadlines", incident);
}

export function closeBulletin(): void {
  setDuty({ bulletin: null });
}

function keep(bulletin: api.Bulletin | null, incident: string): void {
  if (!bulletin) return;
  keepIn("bulletins", incident, bulletin);
  if (store.state.incident === incident) setDuty({ bulletin });
}
