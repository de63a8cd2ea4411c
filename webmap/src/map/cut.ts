/** Where a zone was cut short, its far edge is not a threshold line and must not look like one. */
import type { Geometry, Position } from "geojson";
import { type Local, local, rings } from "./local";

/** A ring whose middle lies this near its source, in shares of its reach, lies all round it. */
const CENTRED = 0.05;

/**
 * Return the part of a zone's edge that lies at its farthest reach downwind.
 *
 * A plume cut at its range ends in a straight edge or an arc across the wind; both lie within
 * two per cent of the farthest reach along the axis from the source to the zone's middle.
 */
export function cutEdges(geometry: Geometry, lon: number, lat: number): Position[][] {
  const edges: Position[][] = [];
  for (const ring of rings(geometry)) {
    const points = local(ring, lon, lat);
    const middle = points.reduce((sum, p) => ({ x: sum.x + p.x, y: sum.y + p.y }), { x: 0, y: 0 });
    const length = Math.hypot(middle.x, middle.y);
    // Cut on every side: the wind is not known, so the whole ring is a cut.
    if (
      length <
      CENTRED * Math.max(...points.map(({ x, y }) => Math.hypot(x, y))) * points.length
    ) {
      edges.push(points.map(({ at }) => at));
      continue;
    }
    const reach = points.map((p) => (p.x * middle.x + p.y * middle.y) / length);
    const farthest = Math.max(...reach);
    edges.push(
      ...runs(
        points,
        reach.map((along) => along >= farthest * 0.98),
      ),
    );
  }
  return edges;
}

/** Longest stretches of marked points, each with at least two. */
function runs(points: Local[], marked: boolean[]): Position[][] {
  const found: Position[][] = [];
  let run: Position[] = [];
  for (const [index, point] of points.entries()) {
    if (marked[index]) run.push(point.at);
    else {
      if (run.length > 1) found.push(run);
      run = [];
    }
  }
  if (run.length > 1) found.push(run);
  return found;
}
