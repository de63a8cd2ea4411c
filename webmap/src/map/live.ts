/** What changes by the second: answers about roads, closed roads, vehicles and people. */
import type { GeoJSONSource, Map as GlMap } from "maplibre-gl";
import type { State } from "../store/state";
import { CLOSURE_IDS, closureData, type Marked } from "./closure_layers";
import { movingData } from "./moving";

/** What the live sources follow from. */
export const LIVE_STATE = ["answer", "closures", "closing", "movers"] as const;
/** The name by which a picked vehicle or person comes. */
export const MOVING = "moving";
/** What the map draws for a layer of the catalogue that comes in no tile. */
export const LIVE_IDS: Readonly<Record<string, readonly string[]>> = {
  road_closure: CLOSURE_IDS,
};

/** Ages of so many are written anew each second; of more, each five. */
const EACH_SECOND = 400;

export function showLive(gl: GlMap, state: State, changed: ReadonlySet<keyof State>): void {
  const give = (name: string, data: Parameters<GeoJSONSource["setData"]>[0]): void => {
    gl.getSource<GeoJSONSource>(name)?.setData(data);
  };
  if (changed.has("answer")) give("answer", state.answer);
  if (changed.has("closures") || changed.has("closing"))
    give("closures", closureData([...(state.closures ?? []), ...drafted(state)]));
  const ages = changed.has("now") && state.movers.size > 0;
  const due = state.movers.size <= EACH_SECOND || Math.floor(state.now / 1000) % 5 === 0;
  if (changed.has("movers") || (ages && due))
    give(MOVING, movingData(state.movers.values(), state.now + state.skew_ms));
}

/** The closure that is being drawn up, where its place is chosen: as it will look. */
function drafted({ closing }: State): Marked[] {
  if (!closing?.geometry) return [];
  return [{ id: "", kind: closing.kind, reason: closing.reason, geometry: closing.geometry }];
}
