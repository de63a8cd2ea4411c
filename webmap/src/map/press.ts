/** What a press on the map means: a corner, the place of a report, a thing, or the ground itself. */
import type { Map as GlMap } from "maplibre-gl";
import type { Incident } from "../api/wire";
import { openCard } from "../store/browse";
import { addCorner } from "../store/drawing";
import { openIncident } from "../store/incidents";
import { readValue } from "../store/reading";
import { placeReport } from "../store/report";
import type { State } from "../store/state";
import { pressMover } from "../store/tracking";
import { isFeatureLayer } from "./features";
import { MOVING } from "./live";
import { pick } from "./pick";

export function press(gl: GlMap | null, lon: number, lat: number, state: State): void {
  const { draft, drawing, layers, hidden } = state;
  if (drawing) {
    addCorner(lon, lat);
    return;
  }
  if (draft) {
    void placeReport(lon, lat);
    return;
  }
  const names = layers
    .filter((layer) => isFeatureLayer(layer) && !hidden.has(layer.name))
    .map(({ name }) => name);
  const found = gl ? pick(gl, lon, lat, names) : null;
  if (found?.layer === MOVING) pressMover(found.id);
  else if (found) void openCard(found.layer, found.id);
  else void readValue(lon, lat);
}

/** While a report is taken or a shape drawn, a press is a place, also on top of an incident. */
export function pressIncident({ id, lon, lat }: Incident, { drawing, draft }: State): void {
  if (drawing) addCorner(lon, lat);
  else if (draft) void placeReport(lon, lat);
  else void openIncident(id);
}
