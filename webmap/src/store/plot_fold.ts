/** What a plot is once an edit has been made to it: shown at once, before the server has it. */
import type { Geometry, Position } from "geojson";
import type { Fields, Kind, Plot } from "../api/plots";
import { FREE, geometryOf } from "./plot_shapes";
import type { Pending } from "./plot_state";

/** Fields of a plot that are no properties. */
const OWN: ReadonlySet<string> = new Set([
  "kind",
  "control",
  "geometry",
  "order",
  "locked",
  "group",
]);

/** The positions that make a free shape: the outer ring is not closed, one in parts has none. */
export function controlOf(geometry: Geometry): Position[] {
  switch (geometry.type) {
    case "Point":
      return [geometry.coordinates];
    case "LineString":
      return geometry.coordinates;
    case "Polygon":
      return (geometry.coordinates[0] ?? []).slice(0, -1);
    default:
      return [];
  }
}

function withProperties(properties: Fields, set: Fields): Record<string, unknown> {
  const next: Record<string, unknown> = { ...properties };
  for (const [name, value] of Object.entries(set)) {
    if (OWN.has(name)) continue;
    if (value === null) delete next[name];
    else next[name] = value;
  }
  return next;
}

/** The plot with some fields set; as it was where its new control points make no shape. */
export function withFields(plot: Plot, set: Fields): Plot {
  const properties = withProperties(plot.properties, set);
  const next: Plot = {
    ...plot,
    properties,
    order: typeof set.order === "number" ? set.order : plot.order,
    locked: typeof set.locked === "boolean" ? set.locked : plot.locked,
    group: set.group === undefined ? plot.group : (set.group as string | null),
  };
  if (set.geometry) {
    next.geometry = set.geometry as Geometry;
    next.control = controlOf(next.geometry);
  } else if (set.control) next.control = set.control as Position[];
  if (set.control || !FREE.has(plot.kind))
    next.geometry = geometryOf(plot.kind, next.control, properties) ?? plot.geometry;
  return next;
}

/** A plot that only this page knows so far. */
export function made(id: string, set: Fields, user: string | null): Plot | null {
  const kind = set.kind as Kind;
  const properties = withProperties({}, set);
  const shape = set.geometry as Geometry | undefined;
  const control = (set.control as Position[] | undefined) ?? (shape ? controlOf(shape) : []);
  const geometry = shape ?? geometryOf(kind, control, properties);
  if (!geometry) return null;
  return {
    id,
    kind,
    control,
    geometry,
    properties,
    order: typeof set.order === "number" ? set.order : 0,
    locked: set.locked === true,
    locked_by: null,
    group: (set.group as string | null | undefined) ?? null,
    version: 0,
    created_by: user,
    updated_by: user,
    updated_at: null,
    closure: null,
    measured: {},
    from_plan: null,
    conflict: [],
  };
}

function after(held: Plot | undefined, { op, after: then, user }: Pending): Plot | null {
  if (op.op === "delete") return null;
  if (op.op === "restore" && then) return { ...then, conflict: [] };
  if (op.op !== "put" || !op.set) return held ?? null;
  if (held) return withFields(held, op.set);
  return op.set.kind ? made(op.plot, op.set, user) : null;
}

/** What the server has, with the edits that wait here put on top in their order. */
export function folded(
  known: ReadonlyMap<string, Plot>,
  waiting: readonly Pending[],
): ReadonlyMap<string, Plot> {
  if (waiting.length === 0) return new Map(known);
  const plots = new Map(known);
  for (const edit of waiting) {
    const { plot } = edit.op;
    const next = after(plots.get(plot), edit);
    if (next) plots.set(plot, next);
    else plots.delete(plot);
  }
  return plots;
}
