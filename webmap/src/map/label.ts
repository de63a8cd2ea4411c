/** Where a zone's label stands: on its line, each level at a place of its own. */
import type { Geometry, Position } from "geojson";
import type { Level } from "../symbols/palette";
import { type Local, local, rings } from "./local";

/** How far along the zone a level is labelled, so that nested zones do not share one spot. */
const ALONG: Readonly<Record<Level, number>> = { red: 0.5, orange: 0.68, yellow: 0.84, blue: 1 };
const STEPS_PER_EDGE = 24;

/**
 * Return the point of a zone's outer line at its level's share of the reach.
 *
 * The axis runs from the source to the zone's middle, north where the zone surrounds its source
 * evenly. `side` is 1 for the left of the axis and -1 for the right.
 */
export function labelPoint(
  geometry: Geometry,
  source: { lon: number; lat: number },
  level: Level,
  side: 1 | -1,
): Position | null {
  const ring = rings(geometry)[0];
  if (!ring || ring.length < 4) return null;
  const points = local(dense(ring), source.lon, source.lat);
  const { x, y } = axis(points);
  const along = (p: Local): number => p.x * x + p.y * y;
  const left = (p: Local): number => (p.y * x - p.x * y) * side;
  const reach = Math.max(...points.map(along));
  const wanted = reach * ALONG[level];
  const here = points.filter((p) => left(p) >= 0);
  const best = (here.length > 0 ? here : points).reduce((a, b) =>
    Math.abs(along(b) - wanted) < Math.abs(along(a) - wanted) ? b : a,
  );
  return best.at;
}

function axis(points: Local[]): { x: number; y: number } {
  const x = points.reduce((sum, p) => sum + p.x, 0) / points.length;
  const y = points.reduce((sum, p) => sum + p.y, 0) / points.length;
  const size = Math.max(...points.map((p) => Math.hypot(p.x, p.y)));
  const length = Math.hypot(x, y);
  return length < size * 0.05 ? { x: 0, y: 1 } : { x: x / length, y: y / length };
}

/** The ring with points between its corners: a square has only four. */
function dense(ring: Position[]): Position[] {
  if (ring.length > 100) return ring;
  return ring.slice(1).flatMap((to, index) => {
    const from = ring[index] ?? to;
    return Array.from({ length: STEPS_PER_EDGE }, (_, step) => {
      const share = step / STEPS_PER_EDGE;
      return [0, 1].map((i) => (from[i] ?? 0) + ((to[i] ?? 0) - (from[i] ?? 0)) * share);
    });
  });
}
