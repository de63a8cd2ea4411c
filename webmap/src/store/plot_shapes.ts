/** From what a person set to what is drawn: as the server does it, for shapes not stored yet. */
import type { Geometry, Position } from "geojson";
import type { Fields, Kind } from "../api/plots";
import { arrow, attackArrow } from "./plot_arrows";
import { between, beyond } from "./plot_geodesic";

const RING_POINTS = 128;

/** Kinds that are as drawn: only these may have holes and parts. */
export const FREE: ReadonlySet<Kind> = new Set([
  "point",
  "text",
  "line",
  "evacuation",
  "polygon",
  "cordon",
  "roadblock",
]);

/** How many presses a kind takes: fewer are nothing yet, the last one ends the shape by itself. */
export const PRESSES: Readonly<Record<Kind, readonly [least: number, most: number]>> = {
  point: [1, 1],
  text: [1, 1],
  roadblock: [1, 1],
  circle: [2, 2],
  sector: [3, 3],
  rectangle: [2, 2],
  arrow: [2, 2],
  dimension: [2, 100],
  curved_arrow: [3, 50],
  attack_arrow: [3, 50],
  line: [2, 10_000],
  evacuation: [2, 10_000],
  polygon: [3, 10_000],
  cordon: [3, 10_000],
};

/** What a roadblock closes: the road at a place, those along a line, all in an area. */
export const BLOCKS = ["point", "line", "area"] as const;
export type Block = (typeof BLOCKS)[number];

export const pressesOf = (kind: Kind, block: Block): readonly [least: number, most: number] =>
  kind !== "roadblock" || block === "point"
    ? PRESSES[kind]
    : [block === "line" ? 2 : 3, ROADBLOCK_MOST];

const ROADBLOCK_MOST = 2_000;

const numeric = (value: unknown): number => (typeof value === "number" ? value : 0);

function around(centre: Position, bearings: readonly number[], radius_m: number): Position[] {
  return bearings.map((bearing_deg) => beyond(centre, { distance_m: radius_m, bearing_deg }));
}

export function circleRing(centre: Position, radius_m: number): Position[] {
  const step = -360 / RING_POINTS;
  const ring = around(
    centre,
    Array.from({ length: RING_POINTS }, (_, at) => at * step),
    radius_m,
  );
  return [...ring, ...ring.slice(0, 1)];
}

export function sectorRing(
  centre: Position,
  radius_m: number,
  from: number,
  to: number,
): Position[] {
  const span = (((to - from) % 360) + 360) % 360;
  const count = Math.max(2, Math.ceil((span / 360) * RING_POINTS));
  const bearings = Array.from({ length: count + 1 }, (_, at) => from + span * (1 - at / count));
  return [centre, ...around(centre, bearings, radius_m), centre];
}

export function rectangleRing(corner: Position, opposite: Position, rotation: number) {
  const diagonal = between(corner, opposite);
  if (!diagonal || diagonal.distance_m === 0) return null;
  const half = diagonal.distance_m / 2;
  const middle = beyond(corner, { distance_m: half, bearing_deg: diagonal.bearing_deg });
  const outward = between(middle, corner)?.bearing_deg ?? 0;
  const mirrored = 2 * rotation - outward;
  const turned = (bearing: number): number => (((outward - bearing) % 360) + 360) % 360;
  const bearings = [outward, mirrored, outward + 180, mirrored + 180].sort(
    (a, b) => turned(a) - turned(b),
  );
  const ring = around(middle, bearings, half);
  return [...ring, ...ring.slice(0, 1)];
}

const area = (ring: Position[] | null): Geometry | null =>
  ring && { type: "Polygon", coordinates: [ring] };

type Maker = (control: readonly Position[], properties: Fields) => Geometry | null;

const point: Maker = ([at = []]) => ({ type: "Point", coordinates: at });
const line: Maker = (control) => ({ type: "LineString", coordinates: [...control] });
const closed: Maker = (control) => area([...control, ...control.slice(0, 1)]);

const MAKERS: Readonly<Record<Kind, Maker>> = {
  point,
  text: point,
  line,
  evacuation: line,
  dimension: line,
  polygon: closed,
  cordon: closed,
  roadblock: (control, own) => (control.length === 1 ? point : line)(control, own),
  circle: ([centre = []], { radius_m }) =>
    numeric(radius_m) > 0 ? area(circleRing(centre, numeric(radius_m))) : null,
  sector: ([centre = []], { radius_m, from_deg, to_deg }) =>
    numeric(radius_m) > 0 && from_deg !== to_deg
      ? area(sectorRing(centre, numeric(radius_m), numeric(from_deg), numeric(to_deg)))
      : null,
  rectangle: ([corner = [], opposite = []], { rotation_deg }) =>
    area(rectangleRing(corner, opposite, numeric(rotation_deg))),
  arrow: (control) => area(arrow(control)),
  curved_arrow: (control) => area(arrow(control, { curved: true })),
  attack_arrow: (control) => area(attackArrow(control)),
};

/** Circles and sectors are pressed with more points than they keep: these are their centre. */
const CENTRED: ReadonlySet<Kind> = new Set(["circle", "sector"]);

/** The shape of a kind over its control points; null where they make none. */
export function geometryOf(
  kind: Kind,
  control: readonly Position[],
  properties: Fields,
): Geometry | null {
  const least = CENTRED.has(kind) ? 1 : PRESSES[kind][0];
  return control.length < least ? null : MAKERS[kind](control, properties);
}
