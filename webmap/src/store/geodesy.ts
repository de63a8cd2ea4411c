/** Small surveying for the screen: a circle around a place. */
import type { Geometry } from "geojson";

const EARTH_M = 6_371_008.8;

/** A circle of a radius in metres as a polygon of 96 corners, lon lat. */
export function circle(lon: number, lat: number, radius_m: number): Geometry {
  const angle = radius_m / EARTH_M;
  const [lam, phi] = [(lon * Math.PI) / 180, (lat * Math.PI) / 180];
  const ring = Array.from({ length: 97 }, (_, step) => {
    const bearing = (step % 96) * (Math.PI / 48);
    const north = Math.asin(
      Math.sin(phi) * Math.cos(angle) + Math.cos(phi) * Math.sin(angle) * Math.cos(bearing),
    );
    const east =
      lam +
      Math.atan2(
        Math.sin(bearing) * Math.sin(angle) * Math.cos(phi),
        Math.cos(angle) - Math.sin(phi) * Math.sin(north),
      );
    return [(east * 180) / Math.PI, (north * 180) / Math.PI];
  });
  return { type: "Polygon", coordinates: [ring] };
}

/** West, south, east, north of a shape; null where it has no corner. */
export function boxOf(geometry: Geometry): [number, number, number, number] | null {
  if (geometry.type === "GeometryCollection") return null;
  const flat = (geometry.coordinates as unknown[]).flat(Number.POSITIVE_INFINITY as 1) as number[];
  if (geometry.type === "Point" ? flat.length < 2 : flat.length < 4) return null;
  let box: [number, number, number, number] = [180, 90, -180, -90];
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const [lon, lat] = [flat[at] ?? 0, flat[at + 1] ?? 0];
    box = [
      Math.min(box[0], lon),
      Math.min(box[1], lat),
      Math.max(box[2], lon),
      Math.max(box[3], lat),
    ];
  }
  return box;
}
