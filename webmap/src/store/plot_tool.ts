/** The tools: which one is in hand, the presses of a shape, and what becomes of them. */
import type { Geometry, Position } from "geojson";
import type { Fields, Kind } from "../api/plots";
import { word } from "../text/i18n";
import { change, create } from "./plot_edit";
import { between } from "./plot_geodesic";
import { withHole } from "./plot_handles";
import { rounded, shiftBy } from "./plot_move";
import { type Block, geometryOf, pressesOf } from "./plot_shapes";
import { type Drawing, plotStore, type Tool } from "./plot_state";
import { store } from "./state";

/** What a kind looks like until somebody chooses otherwise; a cordon by how near it may be gone. */
const LOOK: Readonly<Partial<Record<Kind, Fields>>> = {
  line: { colour: "#38bdf8", width_px: 3 },
  polygon: { colour: "#38bdf8", width_px: 2, fill: "#38bdf8", fill_opacity: 0.18 },
  circle: { colour: "#c4b5fd", width_px: 2, fill: "#c4b5fd", fill_opacity: 0.16 },
  sector: { colour: "#c4b5fd", width_px: 2, fill: "#c4b5fd", fill_opacity: 0.22 },
  rectangle: { colour: "#38bdf8", width_px: 2, fill: "#38bdf8", fill_opacity: 0.18 },
  text: { colour: "#ffffff", size: 18 },
  dimension: { colour: "#e6edf7", width_px: 2 },
  arrow: { colour: "#38bdf8", width_px: 1.5, fill: "#38bdf8", fill_opacity: 0.75 },
  curved_arrow: { colour: "#38bdf8", width_px: 1.5, fill: "#38bdf8", fill_opacity: 0.75 },
  attack_arrow: { colour: "#f472b6", width_px: 1.5, fill: "#f472b6", fill_opacity: 0.7 },
  evacuation: { colour: "#34d399", width_px: 6 },
  cordon: { width_px: 3, fill_opacity: 0.12 },
};
const CHOSEN: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  line: ["colour", "width_px", "dash"],
  polygon: ["colour", "width_px", "dash", "fill", "fill_opacity"],
};

export function chooseTool(tool: Tool): void {
  plotStore.set({ tool, drawing: null, draft: null, corner: null, cursor: null, holeIn: null });
  if (tool !== "select") plotStore.set({ selection: new Set() });
}

/** Stand ready to set a sign. */
export function chooseSymbol(symbol: string, code: string): void {
  plotStore.set({ symbol, code });
  chooseTool("point");
}

/** Stand ready to close roads: at a place, along a line, in an area. */
export function chooseBlock(block: Block): void {
  plotStore.set({ block });
  chooseTool("roadblock");
}

/** What the next shape of a kind will look like. */
export function lookOf(kind: Kind): Fields {
  const { style, symbol, code } = plotStore.state;
  const look: Record<string, unknown> = { ...LOOK[kind] };
  for (const name of CHOSEN[kind] ?? []) if (style[name] !== undefined) look[name] = style[name];
  if (kind === "point") Object.assign(look, { symbol, code, size: 32 });
  if (kind === "text") look.text = word("plot.kind", kind);
  if (kind === "cordon") look.cordon = style.cordon ?? "warm";
  return look;
}

/** Control points and measures of what has been pressed so far. */
export function setOf({ kind, points, block }: Drawing): Fields {
  const [centre, edge, end] = points;
  // Control points alone would say a line.
  if (kind === "roadblock" && block === "area" && points.length > 2)
    return { geometry: { type: "Polygon", coordinates: [[...points, ...points.slice(0, 1)]] } };
  if (kind !== "circle" && kind !== "sector") return { control: [...points] };
  const leg = centre && edge ? between(centre, edge) : null;
  const radius_m = Math.round((leg?.distance_m ?? 0) * 10) / 10;
  if (kind === "circle") return { control: points.slice(0, 1), radius_m };
  const bearing = (to: Position | undefined): number =>
    Math.round((centre && to ? (between(centre, to)?.bearing_deg ?? 0) : 0) * 10) / 10;
  return {
    control: points.slice(0, 1),
    radius_m,
    from_deg: bearing(edge),
    to_deg: end ? bearing(end) : (bearing(edge) + 1) % 360,
  };
}

/** A press: the whole of a point, the next corner of everything else. */
export function press(at: Position): void {
  const { tool, drawing, block } = plotStore.state;
  if (tool === "select") return;
  const points = [...(drawing?.points ?? []), rounded(at)];
  plotStore.set({ drawing: { kind: tool, points, block } });
  if (points.length >= pressesOf(tool, block)[1]) finish();
}

/** Whether what was pressed is a shape already. */
export function canFinish(drawing: Drawing | null): boolean {
  if (!drawing || drawing.points.length < pressesOf(drawing.kind, drawing.block)[0]) return false;
  return sketched(drawing) !== null;
}

/** The shape of what was pressed so far; null where it is none yet. */
export function sketched(drawing: Drawing): Geometry | null {
  const set = setOf(drawing);
  return set.geometry
    ? (set.geometry as Geometry)
    : geometryOf(drawing.kind, set.control as Position[], set);
}

/** Make the shape; the tool goes back to selecting, but signs are set one after the other. */
export function finish(): void {
  const { drawing, tool } = plotStore.state;
  if (!drawing || !canFinish(drawing)) return;
  const { kind } = drawing;
  const { holeIn } = plotStore.state;
  plotStore.set({ drawing: null, pointer: null, holeIn: null });
  const outer = holeIn ? plotStore.state.plots.get(holeIn) : undefined;
  const hole = outer ? withHole(outer, drawing.points) : null;
  if (outer && hole) {
    change([outer], () => hole);
    plotStore.set({ tool: "select", cursor: null, selection: new Set([outer.id]) });
    return;
  }
  create([{ kind, ...lookOf(kind), ...setOf(drawing) }]);
  if (tool !== "point") plotStore.set({ tool: "select", cursor: null });
}

/** Take the last corner back; without one the tool is laid down. */
export function dropPress(): void {
  const { drawing } = plotStore.state;
  if (!drawing) return;
  const points = drawing.points.slice(0, -1);
  plotStore.set({ drawing: points.length > 0 ? { ...drawing, points } : null });
}

/** Leave off: first the shape, then the tool, then the selection. */
export function cancel(): boolean {
  const { drawing, tool, selection, history, help } = plotStore.state;
  if (help) plotStore.set({ help: false });
  else if (drawing) plotStore.set({ drawing: null, cursor: null });
  else if (tool !== "select") chooseTool("select");
  else if (history) plotStore.set({ history: null });
  else if (selection.size > 0) plotStore.set({ selection: new Set(), corner: null });
  else return false;
  return true;
}

/** Move the place where keys draw; it begins in the middle of the map. */
export function moveCursor(x_px: number, y_px: number): void {
  const { view } = store.state;
  if (!view) return;
  const from = plotStore.state.cursor ?? [view.lon, view.lat];
  const cursor = shiftBy(x_px, y_px, view.zoom)(from);
  plotStore.set({ cursor, pointer: cursor });
}

export function pressCursor(): void {
  const { view } = store.state;
  const at = plotStore.state.cursor ?? (view ? [view.lon, view.lat] : null);
  if (at) press(at);
}
