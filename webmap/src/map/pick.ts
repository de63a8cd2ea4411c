/** What was pressed: the nearest feature under a finger, asked of the map in its own pixels. */
import type { Map as GlMap, PointLike } from "maplibre-gl";

const REACH_PX = 9;

export interface Picked {
  layer: string;
  id: string;
}

/**
 * Return the topmost feature around a place.
 *
 * The canvas is larger than Leaflet's container by its padding, so the pixel comes from
 * `project` of the map that draws, never from Leaflet's event.
 */
export function pick(
  map: GlMap,
  lon: number,
  lat: number,
  names: readonly string[],
): Picked | null {
  const at = map.project([lon, lat]);
  const box: [PointLike, PointLike] = [
    [at.x - REACH_PX, at.y - REACH_PX],
    [at.x + REACH_PX, at.y + REACH_PX],
  ];
  const layers = ["moving-symbol"]
    .concat(names.flatMap((name) => [`${name}-symbol`, `${name}-area`, `${name}-edge`]))
    .filter((id) => map.getLayer(id));
  for (const feature of map.queryRenderedFeatures(box, { layers })) {
    const id: unknown = feature.properties.id;
    // What comes in no tile is named by its source.
    const layer = feature.sourceLayer || feature.source;
    if (typeof id === "string" && layer) return { layer, id };
  }
  return null;
}
