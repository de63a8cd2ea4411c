/** The start of the field's page: the server's own data, or a pack where there is no server. */
import { fetched } from "./coming";
import { meet, meetWithin, setField, watchServer } from "./field";
import { lastOpened, readKept } from "./kept_packs";
import { readPlace } from "./place";
import { begin, beginWords } from "./site";
import { store } from "./state";

export function beginField(): Promise<void> {
  return meetWithin(start());
}

async function start(): Promise<void> {
  const asked = new URLSearchParams(location.search).get("pack");
  if (asked !== null) return beginPack(asked);
  await begin({ report: true, away: () => beginPack(null) });
  const { session, field } = store.state;
  if (field.mode === "pack" || !session) return;
  setField({ server: "up" });
  await meet(session);
  await readKept();
  // Only who has a cut download needs the code that goes on with it.
  if (store.state.pocket.kept?.some(({ state }) => state === "part"))
    (await fetched(() => import("./pocket"))).resume();
}

/** Show a pack: the one that is asked for, else the last one, else the newest. */
async function beginPack(asked: string | null): Promise<void> {
  beginWords();
  const place = readPlace(location.search);
  store.set({ view: place.view, hidden: place.hidden });
  setField({ mode: "pack" });
  document.body.classList.add("with-pack");
  watchServer();
  await readKept();
  const whole = (store.state.pocket.kept ?? []).filter(({ state }) => state === "whole");
  const first = [asked, lastOpened()].find((id) => whole.some((one) => one.id === id));
  const id = first ?? (asked === null ? whole[0]?.id : asked);
  const shown =
    typeof id === "string" && (await (await fetched(() => import("./open_pack"))).openKept(id));
  // As the live page does: on the incident of the address, else on the newest that is open.
  const { incidents } = store.state;
  const open = incidents.find(({ status }) => status === "open");
  const incident = incidents.find(({ id: one }) => one === place.incident) ?? open;
  store.set({ incident: incident?.id ?? null, ready: true });
  if (!shown) setField({ sheet: "packs" });
}
