/**
 * Arrows from control points, as the server makes them (layers/plots/arrows.py), so that a shape
 * under the pointer is the shape that is stored: a spine, two edges beside it and a head, in the
 * plane that touches the ellipsoid at the points' middle latitude. The curved spine is the
 * centripetal Catmull-Rom spline (Barry and Goldman 1988; Yuksel et al. 2011).
 */
import type { Position } from "geojson";

type Point = readonly [x: number, y: number];

const SPINE_SAMPLES = 64;
const LEAST_A_SEGMENT = 8;
const A_M = 6_378_137;
const E2 = 0.0066943799901413165;
const SHAFT = { head: 0.2, half: 0.08, shaft: 0.03 };
const ATTACK = { head: 0.18, headOfTail: 0.8, half: 0.3, neckHalf: 0.15 };
const NECK = 0.85;
const BEND = 0.9;
const RAD = Math.PI / 180;

const add = (a: Point, b: Point, times = 1): Point => [a[0] + b[0] * times, a[1] + b[1] * times];
const less = (a: Point, b: Point): Point => [a[0] - b[0], a[1] - b[1]];
const dot = (a: Point, b: Point): number => a[0] * b[0] + a[1] * b[1];
const cross = (a: Point, b: Point): number => a[0] * b[1] - a[1] * b[0];
const size = (a: Point): number => Math.hypot(a[0], a[1]);
const left = (a: Point): Point => [-a[1], a[0]];
const unit = (a: Point): Point => [a[0] / size(a), a[1] / size(a)];
const steps = (line: readonly Point[]): Point[] =>
  line.slice(1).map((point, at) => less(point, line[at] ?? point));

interface Tangent {
  plane(control: readonly Position[]): Point[];
  lonlat(points: readonly Point[]): Position[];
}

function tangent(control: readonly Position[]): Tangent {
  const lats = control.map(([, lat = 0]) => lat);
  const lat0 = (Math.min(...lats) + Math.max(...lats)) / 2;
  const lon0 = control[0]?.[0] ?? 0;
  const w = Math.sqrt(1 - E2 * Math.sin(lat0 * RAD) ** 2);
  const east = (A_M / w) * Math.cos(lat0 * RAD) * RAD;
  const north = ((A_M * (1 - E2)) / w ** 3) * RAD;
  const turned = (lon: number): number => ((((lon - lon0 + 180) % 360) + 360) % 360) - 180;
  return {
    plane: (points) =>
      points.map(([lon = 0, lat = 0]) => [turned(lon) * east, (lat - lat0) * north]),
    lonlat: (points) => points.map(([x, y]) => [lon0 + x / east, lat0 + y / north]),
  };
}

/** How far along the spine each point lies; null where two are in one place. */
function lengths(spine: readonly Point[]): number[] | null {
  const along = [0];
  for (const step of steps(spine)) {
    const length = size(step);
    if (!(length > 0)) return null;
    along.push((along.at(-1) ?? 0) + length);
  }
  return along;
}

/** The point between two, where `t` lies between their knots. */
const mix = (p: Point, q: Point, t: number, from: number, to: number): Point =>
  add(
    [(p[0] * (to - t)) / (to - from), (p[1] * (to - t)) / (to - from)],
    q,
    (t - from) / (to - from),
  );

/** The spline between the middle two of four points (Barry and Goldman's recursion). */
function pyramid(p: readonly Point[], k: readonly number[], t: number): Point {
  const [p0, p1, p2, p3] = p as [Point, Point, Point, Point];
  const [k0, k1, k2, k3] = k as [number, number, number, number];
  const [a0, a1, a2] = [mix(p0, p1, t, k0, k1), mix(p1, p2, t, k1, k2), mix(p2, p3, t, k2, k3)];
  const [b0, b1] = [mix(a0, a1, t, k0, k2), mix(a1, a2, t, k1, k3)];
  return mix(b0, b1, t, k1, k2);
}

function spline(points: readonly Point[]): Point[] {
  const [first, second] = points;
  const [last, before] = [points.at(-1), points.at(-2)];
  if (!first || !second || !last || !before) return [];
  if (points.length === 2)
    return Array.from({ length: SPINE_SAMPLES + 1 }, (_, n) =>
      add(first, less(second, first), n / SPINE_SAMPLES),
    );
  const framed = [
    less(add(first, first), second),
    ...points,
    less(add(last, last), before),
  ] as Point[];
  const knots = [0];
  for (const step of steps(framed)) knots.push((knots.at(-1) ?? 0) + Math.sqrt(size(step)));
  const segments = points.length - 1;
  const count = Math.max(LEAST_A_SEGMENT, Math.ceil(SPINE_SAMPLES / segments));
  const made: Point[] = [first];
  for (let n = 0; n < segments; n++) {
    const [from = 0, to = 0] = [knots[n + 1], knots[n + 2]];
    const [p, k] = [framed.slice(n, n + 4), knots.slice(n, n + 4)];
    for (let step = 1; step <= count; step++)
      made.push(pyramid(p, k, from + ((to - from) * step) / count));
  }
  return made;
}

/** The spine as far as a distance along it, with a point there. */
function until(spine: readonly Point[], along: readonly number[], end: number): Point[] {
  const keep = Math.max(
    1,
    along.findIndex((distance) => distance >= end),
  );
  const [from = 0, to = 1] = [along[keep - 1], along[keep]];
  const [before, after] = [spine[keep - 1], spine[keep]];
  if (!before || !after) return [...spine];
  return [...spine.slice(0, keep), add(before, less(after, before), (end - from) / (to - from))];
}

/** From the point before to the one after; where the spine turns on the spot, the way to it. */
function headings(spine: readonly Point[]): Point[] {
  return spine.map((point, at) => {
    const before = spine[at - 1] ?? point;
    const across = less(spine[at + 1] ?? point, before);
    return unit(size(across) > 0 ? across : less(point, before));
  });
}

/** The share of each offset that keeps within the bend there, 1 where it is straight. */
function bounded(edge: readonly Point[], spine: readonly Point[]): number[] {
  const share = spine.map(() => 1);
  if (spine.length <= 2) return share;
  const step = steps(spine);
  for (let at = 1; at < spine.length - 1; at++) {
    const [a, b] = [step[at - 1], step[at]];
    if (!a || !b) continue;
    const bend = Math.abs(cross(a, b));
    const product = size(a) * size(b) * size(add(a, b));
    const offset = size(edge[at] ?? [0, 0]);
    share[at] = Math.min(1, (BEND * product) / Math.max(2 * bend * offset, 1e-300));
  }
  share[0] = share[1] ?? 1;
  share[share.length - 1] = share.at(-2) ?? 1;
  return share;
}

function outline(
  sides: { left: Point[]; right: Point[] },
  spine: readonly Point[],
  tip: Point,
  head: { length: number; half: number },
): Point[] {
  const ahead = unit(less(tip, spine.at(-1) ?? [0, 0]));
  const base = add(tip, ahead, -head.length);
  const barb = left(ahead);
  const ring = [
    ...sides.right,
    add(base, barb, -head.half),
    tip,
    add(base, barb, head.half),
    ...sides.left.reverse(),
  ];
  return [...ring, ...ring.slice(0, 1)];
}

/** The closed ring of a straight arrow (two positions) or of one that bends; null where it is flat. */
export function arrow(control: readonly Position[], { curved = false } = {}): Position[] | null {
  const plane = tangent(control);
  const points = plane.plane(control);
  const tip = points.at(-1);
  if (!lengths(points) || !tip) return null;
  const whole = curved ? spline(points) : points;
  const along = lengths(whole);
  const length = along?.at(-1);
  if (!along || !length) return null;
  const head = { length: SHAFT.head * length, half: SHAFT.half * length };
  const spine = until(whole, along, length - NECK * head.length);
  const edge = headings(spine).map((one): Point => add([0, 0], left(one), SHAFT.shaft * length));
  const share = bounded(edge, spine);
  const side = (sign: number): Point[] =>
    spine.map((point, at) => add(point, edge[at] ?? [0, 0], sign * (share[at] ?? 1)));
  return plane.lonlat(outline({ left: side(1), right: side(-1) }, spine, tip, head));
}

/** The closed ring of an attack arrow: both ends of its tail, then its spine to the tip. */
export function attackArrow(control: readonly Position[]): Position[] | null {
  const plane = tangent(control);
  const points = plane.plane(control);
  const [one, other, ...rest] = points;
  const tip = rest.at(-1);
  if (!one || !other || !tip) return null;
  const middle: Point = [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2];
  if (!lengths([middle, ...rest])) return null;
  const whole = spline([middle, ...rest]);
  const along = lengths(whole);
  const length = along?.at(-1);
  if (!along || !length) return null;
  const tail = size(less(other, one));
  const long = Math.min(ATTACK.head * length, ATTACK.headOfTail * tail);
  const spine = until(whole, along, length - NECK * long);
  const heading = headings(spine);
  const way = heading[0] ?? [0, 1];
  const reach = length - NECK * long;
  const first = less(one, middle);
  const ends = [first, less([0, 0], first)].sort((a, b) => cross(a, way) - cross(b, way));
  const [leftSide = [], rightSide = []] = ends.map((end) => {
    const [forth, aside] = [dot(end, way), dot(end, left(way))];
    const edge = spine.map((_, at): Point => {
      const turned = heading[at] ?? way;
      const share = Math.min(along[at] ?? reach, reach) / reach;
      const carried = add([turned[0] * forth, turned[1] * forth], left(turned), aside);
      const neck = ATTACK.neckHalf * long * (Math.sign(aside) || 1);
      return add([carried[0] * (1 - share), carried[1] * (1 - share)], left(turned), share * neck);
    });
    const bound = bounded(edge, spine);
    return spine.map((point, at) =>
      add(point, edge[at] ?? [0, 0], at === 0 ? 1 : (bound[at] ?? 1)),
    );
  });
  const head = { length: long, half: ATTACK.half * long };
  return plane.lonlat(outline({ left: leftSide, right: rightSide }, spine, tip, head));
}
