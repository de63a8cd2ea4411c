/** Small steps on the field's page: a sheet, where one is, whether the server is there. */
import * as api from "../api/calls";
import { ApiError } from "../api/client";
import { getPackKey } from "../api/packs";
import type { Session } from "../api/wire";
import { fingerprint, hearKey } from "../pack/trust";
import { t } from "../text/i18n";
import { closeCard, fly } from "./browse";
import type { Field, SheetName } from "./field_state";
import { tell } from "./notices";
import { store } from "./state";

const PROBE_MS = 15_000;
const LAST_USER = "onemap.field.user";
const LAST_EPOCH = "onemap.field.epoch";

export function setField(change: Partial<Field>): void {
  store.set({ field: { ...store.state.field, ...change } });
}

/** Open a sheet over the lower half of the map; a second press folds it. */
export function showSheet(sheet: SheetName | null): void {
  const shown = store.state.card === null ? store.state.field.sheet : null;
  if (store.state.card) closeCard();
  setField({ sheet: shown === sheet ? null : sheet });
}

/** Show the server's own data again, on a page of its own. */
export function goLive(): void {
  location.assign("/field");
}

let watched: number | null = null;

/** Follow where this device is, and go there once; a second press lets go. */
export function locate(): void {
  if (watched !== null) {
    navigator.geolocation.clearWatch(watched);
    watched = null;
    setField({ here: null, locating: false });
    return;
  }
  if (!("geolocation" in navigator)) {
    tell(t("here.none"), "error");
    return;
  }
  setField({ locating: true });
  watched = navigator.geolocation.watchPosition(
    ({ coords: { longitude: lon, latitude: lat, accuracy: accuracy_m }, timestamp: at }) => {
      const first = store.state.field.here === null;
      setField({ here: { lon, lat, accuracy_m, at }, locating: false });
      if (first) fly({ to: "place", lon, lat });
    },
    ({ code, PERMISSION_DENIED }) => {
      setField({ locating: false });
      tell(t(code === PERMISSION_DENIED ? "here.denied" : "here.unknown"), "error");
      if (code === PERMISSION_DENIED) locate();
    },
    { enableHighAccuracy: true, maximumAge: 10_000, timeout: 30_000 },
  );
}

/** Whose packs this device shows: whoever signed in last, until they sign out. */
export function lastUser(): string | null {
  return localStorage.getItem(LAST_USER);
}

/** The life of the database that the server was in when it was last heard. */
export function lastEpoch(): string | null {
  return localStorage.getItem(LAST_EPOCH);
}

let meeting: Promise<void> = Promise.resolve();

/** Wait until it is known with which key a server that is there signs. */
export function met(): Promise<void> {
  return meeting;
}

/** From now on `met` waits for this: the start of the page, in which the server is met. */
export function meetWithin(start: Promise<void>): Promise<void> {
  meeting = start;
  return start;
}

/** Remember who sits here, and with which key the server signs. */
export async function meet(session: Session): Promise<void> {
  if (session.user) localStorage.setItem(LAST_USER, session.user.name);
  else localStorage.removeItem(LAST_USER);
  if (session.epoch) localStorage.setItem(LAST_EPOCH, session.epoch);
  if (session.permissions.length === 0 || !isSecureContext) return;
  try {
    const { key, site } = await getPackKey();
    if (hearKey(key, site) !== "another") return;
    const newKey = { key, site, fingerprint: await fingerprint(key) };
    store.set({ pocket: { ...store.state.pocket, newKey } });
  } catch (cause) {
    // Without its key the packs of this server stay unknown, and say so when they are opened.
    if (!(cause instanceof ApiError)) throw cause;
  }
}

/** Ask whether the server is there; while a pack is shown nothing else of it is asked. */
export async function probe(): Promise<boolean> {
  try {
    const session = await api.getSession();
    if (store.state.field.server !== "up") await meet(session);
    setField({ server: "up" });
    return true;
  } catch (cause) {
    if (!(cause instanceof ApiError)) throw cause;
    setField({ server: "down" });
    return false;
  }
}

/** Keep the badge true while a pack is shown. */
export function watchServer(): void {
  const ask = (): void => {
    if (!document.hidden) void probe();
  };
  setInterval(ask, PROBE_MS);
  addEventListener("online", ask);
  addEventListener("offline", () => setField({ server: "down" }));
  document.addEventListener("visibilitychange", ask);
  ask();
}
