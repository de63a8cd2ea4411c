/** Snapping: a place near a corner or a line of what is drawn becomes the place on it. */
import type { Geometry, Position } from "geojson";
import type { Plot } from "../api/plots";

/** A line as flat world coordinates, 0 to 1 from west to east and from north to south. */
interface Flat {
  lines: readonly Float64Array[];
  box: readonly [number, number, number, number];
}

const flats = new WeakMap<Geometry, Flat>();
const RAD = Math.PI / 180;
export const toWorld = ([lon = 0, lat = 0]: Position): [number, number] => [
  lon / 360 + 0.5,
  0.5 - Math.asinh(Math.tan(lat * RAD)) / (2 * Math.PI),
];
export const fromWorld = (x: number, y: number): Position => [
  (x - 0.5) * 360,
  Math.atan(Math.sinh((0.5 - y) * 2 * Math.PI)) / RAD,
];

function flat(geometry: Geometry): Flat {
  const held = flats.get(geometry);
  if (held) return held;
  const lines: Float64Array[] = [];
  const box: [number, number, number, number] = [1, 1, 0, 0];
  const walk = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    if (typeof part[0] === "number") keep([part as Position]);
    else if (Array.isArray(part[0]) && typeof part[0][0] === "number") keep(part as Position[]);
    else for (const inner of part) walk(inner);
  };
  const keep = (line: readonly Position[]): void => {
    const points = new Float64Array(line.length * 2);
    for (const [at, position] of line.entries()) {
      const [x, y] = toWorld(position);
      points[2 * at] = x;
      points[2 * at + 1] = y;
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
    }
    lines.push(points);
  };
  if (geometry.type !== "GeometryCollection") walk(geometry.coordinates);
  const made = { lines, box };
  flats.set(geometry, made);
  return made;
}

interface Nearest {
  corner: number;
  edge: number;
  at: [number, number];
}

/**
 * The place on what is drawn, where there is one so near.
 *
 * A corner wins over a line that is nearer: it is what a person aims at.
 */
export function snap(
  to: Position,
  plots: Iterable<Plot>,
  reach_px: number,
  zoom: number,
): Position | null {
  const reach = reach_px / (256 * 2 ** zoom);
  const [x, y] = toWorld(to);
  const corner: Nearest = { corner: reach, edge: reach, at: [x, y] };
  const edge: Nearest = { corner: reach, edge: reach, at: [x, y] };
  for (const { geometry } of plots) {
    const { lines, box } = flat(geometry);
    const far =
      x < box[0] - reach || x > box[2] + reach || y < box[1] - reach || y > box[3] + reach;
    if (far) continue;
    for (const line of lines) {
      nearestCorner(line, x, y, corner);
      nearestEdge(line, x, y, edge);
    }
  }
  if (corner.corner < reach) return fromWorld(...corner.at);
  return edge.edge < reach ? fromWorld(...edge.at) : null;
}

function nearestCorner(line: Float64Array, x: number, y: number, found: Nearest): void {
  for (let at = 0; at < line.length; at += 2) {
    const [px = 0, py = 0] = [line[at], line[at + 1]];
    const distance = Math.hypot(px - x, py - y);
    if (distance >= found.corner) continue;
    found.corner = distance;
    found.at = [px, py];
  }
}

function nearestEdge(line: Float64Array, x: number, y: number, found: Nearest): void {
  for (let at = 0; at + 3 < line.length; at += 2) {
    const [ax = 0, ay = 0, bx = 0, by = 0] = line.subarray(at, at + 4);
    const [dx, dy] = [bx - ax, by - ay];
    const square = dx * dx + dy * dy;
    if (square === 0) continue;
    const share = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / square));
    const [px, py] = [ax + share * dx, ay + share * dy];
    const distance = Math.hypot(px - x, py - y);
    if (distance >= found.edge) continue;
    found.edge = distance;
    found.at = [px, py];
  }
}
