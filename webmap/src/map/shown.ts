/** Which layers of the style are seen: those of the catalogue that nobody has hidden. */
import type { Map as GlMap } from "maplibre-gl";
import type { State } from "../store/state";
import { styleIds } from "./features";
import { LIVE_IDS } from "./live";

const GROUND_PARTS: Readonly<Record<string, readonly string[]>> = {
  land_use: ["land_use"],
  water: ["water", "water-line", "water-name", "water-line-name"],
  building: ["building"],
  railway: ["railway", "railway-tie"],
  road: ["road-path", "road-casing", "road", "road-name", "road-ref"],
  place: ["place"],
  ...LIVE_IDS,
};
/** What no layer of the catalogue stands for: it goes with the streets alone. */
const BORDERS = ["boundary", "boundary-disputed"];

export function showLayers(gl: GlMap, { ground, hidden, layers }: State): void {
  const show = (id: string, shown: boolean): void => {
    if (gl.getLayer(id)) gl.setLayoutProperty(id, "visibility", shown ? "visible" : "none");
  };
  const streets = ground.look !== "off";
  for (const { name } of layers) {
    const below = name in GROUND_PARTS && !(name in LIVE_IDS);
    for (const id of GROUND_PARTS[name] ?? styleIds(name))
      show(id, !hidden.has(name) && (streets || !below));
  }
  for (const id of BORDERS) show(id, streets);
}
