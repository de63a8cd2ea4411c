/** The page that is printed: what was asked for is read, and nothing is followed after that. */

import { getSession } from "../api/calls";
import { setLanguage } from "../api/client";
import { getPrint, type Print } from "../api/prints";
import { initialLanguage, loadModelWords } from "../text/i18n";
import { setZone } from "../text/local_time";
import { readCommand } from "./follow";
import { chooseLook, readGround } from "./ground";
import { LOOKS } from "./ground_state";
import { readIncident, readPlan } from "./incidents";
import { zoomOf } from "./print_sheet";
import { readLayers } from "./site";
import { store } from "./state";

/** Read everything that a print shows; `store.state.ready` says that the map may be made. */
export async function beginPrint(search: string): Promise<Print> {
  const language = initialLanguage(search, null, navigator.language);
  setLanguage(language);
  store.set({ language });
  const id = new URLSearchParams(search).get("job") ?? "";
  const [print, session] = await Promise.all([getPrint(id), getSession()]);
  setZone(session.site.timezone);
  store.set({ session });
  const { asked } = print;
  chooseLook(LOOKS.find((look) => look === asked.look) ?? "light");
  await Promise.all([
    readLayers({ tiles: true }),
    readGround(),
    loadModelWords(),
    asked.incident ? readIncident(asked.incident) : null,
    asked.incident ? readPlan(asked.incident) : null,
    readCommand(asked.incident),
  ]);
  const shown = asked.layers === null ? null : new Set(asked.layers);
  const { layers } = store.state;
  const hidden = layers.filter(({ name }) => shown !== null && !shown.has(name));
  store.set({
    incident: asked.incident,
    slice: asked.slice_s,
    hidden: new Set(hidden.map(({ name }) => name)),
    view: { lon: asked.view.lon, lat: asked.view.lat, zoom: zoomAsked(print) },
    ready: true,
  });
  return print;
}

export function zoomAsked({ asked: { view } }: Print): number {
  return view.scale === null ? (view.zoom ?? 12) : zoomOf(view.lat, view.scale);
}
