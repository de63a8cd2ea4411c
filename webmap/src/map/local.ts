/** Metres around a place, for geometry on the screen; the server does the surveying. */
import type { Geometry, Position } from "geojson";

export interface Local {
  x: number;
  y: number;
  at: Position;
}

/** Outer rings of a geometry, lon lat. */
export function rings(geometry: Geometry): Position[][] {
  if (geometry.type === "Polygon") return geometry.coordinates.slice(0, 1);
  if (geometry.type === "MultiPolygon")
    return geometry.coordinates.flatMap((polygon) => polygon.slice(0, 1));
  return [];
}

/** Metres east and north of an origin; good to a few parts in a thousand over 20 km. */
export function local(ring: Position[], lon: number, lat: number): Local[] {
  const scale = 111_320 * Math.cos((lat * Math.PI) / 180);
  return ring.map((at) => ({
    x: ((at[0] ?? 0) - lon) * scale,
    y: ((at[1] ?? 0) - lat) * 110_574,
    at,
  }));
}
