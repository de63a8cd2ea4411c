/** The grips of a selected shape: its corners, the middles between them, a radius, a bearing. */
import type { Geometry, Position } from "geojson";
import type { Fields, Plot } from "../api/plots";
import { between, beyond } from "./plot_geodesic";
import { FREE } from "./plot_shapes";

export interface Grip {
  kind: "corner" | "middle" | "radius" | "from" | "to" | "turn";
  /** Where in the nested coordinates (or the control points) it is. */
  path: readonly number[];
  at: Position;
}

/** More corners than this are gripped only where the map has come near. */
const MIDDLES = 200;

const half = ([a = 0, b = 0]: Position, [c = 0, d = 0]: Position): Position => [
  (a + c) / 2,
  (b + d) / 2,
];
const number = (value: unknown): number => (typeof value === "number" ? value : 0);

/** Each chain of positions in a geometry, whether it closes on itself, and where it is. */
function chains(geometry: Geometry): { line: Position[]; ring: boolean; path: number[] }[] {
  switch (geometry.type) {
    case "Point":
      return [{ line: [geometry.coordinates], ring: false, path: [] }];
    case "LineString":
      return [{ line: geometry.coordinates, ring: false, path: [] }];
    case "MultiLineString":
      return geometry.coordinates.map((line, at) => ({ line, ring: false, path: [at] }));
    case "Polygon":
      return geometry.coordinates.map((line, at) => ({ line, ring: true, path: [at] }));
    case "MultiPolygon":
      return geometry.coordinates.flatMap((polygon, part) =>
        polygon.map((line, at) => ({ line, ring: true, path: [part, at] })),
      );
    default:
      return [];
  }
}

function gripsOf(line: readonly Position[], ring: boolean, path: readonly number[]): Grip[] {
  const corners = ring ? line.slice(0, -1) : line;
  const grips = corners.map((at, n): Grip => ({ kind: "corner", path: [...path, n], at }));
  if (corners.length > MIDDLES || corners.length < 2) return grips;
  const middles = line
    .slice(1)
    .map(
      (to, n): Grip => ({ kind: "middle", path: [...path, n + 1], at: half(line[n] ?? to, to) }),
    );
  return [...grips, ...middles];
}

export function grips(plot: Plot): Grip[] {
  if (plot.locked) return [];
  const { kind, control, properties, geometry } = plot;
  if (FREE.has(kind))
    return chains(geometry).flatMap(({ line, ring, path }) => gripsOf(line, ring, path));
  const [centre] = control;
  if (!centre) return [];
  const radius = number(properties.radius_m);
  const out = (bearing_deg: number): Position =>
    beyond(centre, { distance_m: radius, bearing_deg });
  const corners = control.map((at, n): Grip => ({ kind: "corner", path: [n], at }));
  if (kind === "circle") return [...corners, { kind: "radius", path: [], at: out(90) }];
  if (kind === "sector")
    return [
      ...corners,
      { kind: "from", path: [], at: out(number(properties.from_deg)) },
      { kind: "to", path: [], at: out(number(properties.to_deg)) },
    ];
  if (kind === "rectangle") return [...corners, ...turnGrip(control, properties)];
  const most = kind === "curved_arrow" || kind === "attack_arrow" ? 50 : 100;
  return kind !== "arrow" && control.length < most
    ? gripsOf(control, false, []).filter(({ kind: grip, path }) => !tailMiddle(kind, grip, path))
    : corners;
}

/** Between the two ends of an attack arrow's tail there is no corner to be made. */
const tailMiddle = (kind: Plot["kind"], grip: Grip["kind"], [at]: readonly number[]): boolean =>
  kind === "attack_arrow" && grip === "middle" && (at === 1 || at === 2);

function turnGrip(control: readonly Position[], { rotation_deg }: Fields): Grip[] {
  const [corner, opposite] = control;
  if (!corner || !opposite) return [];
  const middle = half(corner, opposite);
  const leg = between(corner, opposite);
  const at = beyond(middle, {
    distance_m: (leg?.distance_m ?? 0) * 0.6,
    bearing_deg: number(rotation_deg),
  });
  return [{ kind: "turn", path: [], at }];
}

/** What is set where a grip goes to another place. */
export function pulled(plot: Plot, grip: Grip, to: Position): Fields {
  const [centre = [0, 0], opposite = centre] = plot.control;
  const tenth = (value: number): number => Math.round(value * 10) / 10;
  switch (grip.kind) {
    case "radius":
      return { radius_m: tenth(between(centre, to)?.distance_m ?? 0) };
    case "from":
    case "to": {
      const leg = between(centre, to);
      const name = grip.kind === "from" ? "from_deg" : "to_deg";
      return { [name]: tenth(leg?.bearing_deg ?? 0), radius_m: tenth(leg?.distance_m ?? 0) };
    }
    case "turn":
      return {
        rotation_deg: tenth(between(half(centre, opposite), to)?.bearing_deg ?? 0) % 360,
      };
    default:
      return withCorner(plot, grip, to);
  }
}

type Nested = readonly (Nested | number)[];

function withCorner(plot: Plot, { kind, path }: Grip, to: Position): Fields {
  const splice = (line: readonly Position[], at: number): Position[] =>
    kind === "middle"
      ? [...line.slice(0, at), to, ...line.slice(at)]
      : line.map((one, n) => (n === at ? to : one));
  return edited(plot, path, splice);
}

/** Take a corner out; null where the shape would be none any more. */
export function withoutCorner(plot: Plot, { path }: Grip): Fields | null {
  const least = plot.geometry.type.endsWith("Polygon") ? 4 : 2;
  const chain = chains(plot.geometry).find((one) =>
    one.path.every((step, at) => step === path[at]),
  );
  const length = FREE.has(plot.kind) ? (chain?.line.length ?? 0) : plot.control.length;
  const fewest = plot.kind === "curved_arrow" || plot.kind === "attack_arrow" ? 3 : least;
  if (length <= fewest || plot.kind === "rectangle" || plot.kind === "arrow") return null;
  return edited(plot, path, (line, at) => line.filter((_, n) => n !== at));
}

type Change = (line: readonly Position[], at: number) => Position[];

function edited(plot: Plot, path: readonly number[], change: Change): Fields {
  const { geometry, control } = plot;
  const at = path.at(-1) ?? 0;
  if (!FREE.has(plot.kind)) return { control: change(control, at) };
  if (geometry.type === "GeometryCollection") return {};
  if (geometry.type === "Point")
    return { geometry: { type: "Point", coordinates: change([geometry.coordinates], 0)[0] } };
  const rings = geometry.type.endsWith("Polygon");
  const walk = (part: Nested, left: readonly number[]): Nested => {
    const [step] = left;
    if (left.length === 1 || step === undefined) {
      const line = part as unknown as Position[];
      const open = rings ? line.slice(0, -1) : line;
      const next = change(open, at);
      return (rings ? [...next, ...next.slice(0, 1)] : next) as unknown as Nested;
    }
    return part.map((inner, n) => (n === step ? walk(inner as Nested, left.slice(1)) : inner));
  };
  return {
    geometry: { type: geometry.type, coordinates: walk(geometry.coordinates as Nested, path) },
  };
}

/** Cut a hole: its ring joins those of the polygon that it lies in. */
export function withHole(plot: Plot, ring: readonly Position[]): Fields | null {
  if (plot.geometry.type !== "Polygon" || ring.length < 3) return null;
  const hole = [...ring, ...ring.slice(0, 1)];
  return {
    geometry: { type: "Polygon", coordinates: [...plot.geometry.coordinates, hole] },
  };
}
