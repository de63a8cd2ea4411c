/** Plots as the map's sources hold them: their shapes, their labels, and what marks them. */
import type { Feature, Geometry, Position } from "geojson";
import type { Conflict, Plot } from "../api/plots";
import { fieldsOf } from "../store/plot_conflict";
import { withFields } from "../store/plot_fold";
import { between, lineLength, polygonArea } from "../store/plot_geodesic";
import { grips } from "../store/plot_handles";
import type { PlotState } from "../store/plot_state";
import { lookOf, setOf, sketched } from "../store/plot_tool";
import { endImage, signImage } from "../symbols/plot_signs";
import { area, distance } from "../text/format";
import { word } from "../text/i18n";
import { middleOf } from "./closure_layers";
import type { Collection } from "./plan";

type Props = Record<string, unknown>;
type Drawn = Feature<Geometry, Props>;

/** Of cordons: told by the letter on their line as well as by colour. */
const CORDON: Readonly<Record<string, string>> = {
  hot: "#e5343d",
  warm: "#ff8c1a",
  cold: "#ffd23f",
};
const HEX = /^#[0-9a-f]{6}$/i;
const colourOf = (value: unknown, instead: string): string =>
  typeof value === "string" && HEX.test(value) ? value : instead;
const numberOf = (value: unknown, instead: number): number =>
  typeof value === "number" && Number.isFinite(value) ? value : instead;
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

const feature = (geometry: Geometry, properties: Props): Drawn => ({
  type: "Feature",
  geometry,
  properties,
});
const collect = (features: Drawn[]): Collection => ({ type: "FeatureCollection", features });

/** A bearing as it is said over the radio: three figures. */
export const bearingText = (degrees: number): string =>
  `${String(Math.round(degrees) % 360).padStart(3, "0")}\u00b0`;

/** The length and bearing that a dimension line says. */
function dimensionText(plot: Plot): string {
  const line = plot.control;
  const [first, last] = [line[0], line.at(-1)];
  if (!first || !last) return "";
  const leg = between(first, last);
  return [distance(lineLength(line)), leg ? bearingText(leg.bearing_deg) : ""].join(" · ");
}

function labelOf(plot: Plot): string {
  const { kind, properties } = plot;
  const own = textOf(properties.label);
  if (kind === "dimension") return [own, dimensionText(plot)].filter(Boolean).join("\n");
  if (kind === "text") return textOf(properties.text) || own;
  const named = kind === "cordon" ? word("plot.cordon", textOf(properties.cordon) || "warm") : "";
  const radius = kind === "circle" ? `R ${distance(numberOf(properties.radius_m, 0))}` : "";
  return [named, own, own ? "" : radius].filter(Boolean).join(" · ");
}

/** The look that all parts of a plot share. */
function look({ kind, properties, order, id }: Plot): Props {
  const base = kind === "cordon" ? (CORDON[textOf(properties.cordon)] ?? CORDON.warm) : undefined;
  const colour = colourOf(
    properties.colour,
    base ?? (kind === "roadblock" ? "#e5343d" : "#38bdf8"),
  );
  return {
    id,
    kind,
    order,
    colour,
    fill: colourOf(properties.fill, colour),
    fill_opacity: numberOf(properties.fill_opacity, kind === "cordon" ? 0.12 : 0.18),
    width: numberOf(properties.width_px, 2),
    dash: textOf(properties.dash),
    size: numberOf(properties.size, kind === "text" ? 18 : 32),
    rotation: numberOf(properties.rotation_deg, 0),
  };
}

/** Everything that is drawn of a plot. */
export function featuresOf(plot: Plot): Drawn[] {
  const { geometry, kind, properties } = plot;
  const own = look(plot);
  const label = labelOf(plot);
  if (geometry.type === "Point") return [pointFeature(plot, geometry, own, label)];
  const shape = feature(geometry, { ...own, part: "shape" });
  if (kind === "roadblock" && geometry.type === "Polygon") {
    const place = { type: "Point" as const, coordinates: middleOf(geometry as never) };
    return [shape, pointFeature(plot, place, own, label)];
  }
  if (kind === "cordon") return [shape, ...cordonNames(geometry, own, label)];
  const line = [shape, ...ends(plot, own)];
  if (label === "") return line;
  if (geometry.type.endsWith("LineString"))
    return [...line, feature(geometry, { ...own, part: "along", label })];
  const place = { type: "Point" as const, coordinates: middleOf(geometry as never) };
  const rotation = kind === "rectangle" ? 0 : numberOf(properties.rotation_deg, 0);
  return [shape, feature(place, { ...own, part: "label", label, rotation })];
}

function pointFeature(plot: Plot, geometry: Geometry, own: Props, label: string): Drawn {
  if (plot.kind === "text") return feature(geometry, { ...own, part: "text", label });
  const symbol = plot.kind === "roadblock" ? "checkpoint" : textOf(plot.properties.symbol);
  const chosen = textOf(plot.properties.colour);
  const colour = plot.kind === "roadblock" ? chosen || "#c2182b" : chosen || null;
  return feature(geometry, { ...own, part: "sign", label, image: signImage(symbol, colour) });
}

/** A cordon says on its line how near it may be gone, in the north and in the south. */
function cordonNames(geometry: Geometry, own: Props, label: string): Drawn[] {
  const ring = outline(geometry);
  return [1, -1].flatMap((sign) => {
    const at = farthest(ring, sign);
    return at
      ? [feature({ type: "Point", coordinates: at }, { ...own, part: "cordon", label })]
      : [];
  });
}

/** Where a ring is farthest north (1) or south (-1): the middle of the edge, where that lies level. */
function farthest(ring: readonly Position[], sign: number): Position | null {
  const high = (at: Position | undefined): number => sign * (at?.[1] ?? -90 * sign);
  const top = ring.reduce<Position | null>((a, b) => (!a || high(b) > high(a) ? b : a), null);
  const at = top ? ring.indexOf(top) : -1;
  const next = ring[at + 1];
  if (!top || !next) return top;
  const [east, north] = [(next[0] ?? 0) - (top[0] ?? 0), (next[1] ?? 0) - (top[1] ?? 0)];
  const level = Math.abs(north) < 0.1 * Math.abs(east);
  return level ? [(top[0] ?? 0) + east / 2, (top[1] ?? 0) + north / 2] : top;
}

/** The outer line of an area, the one with the most corners where it has several parts. */
function outline(geometry: Geometry): Position[] {
  if (geometry.type === "Polygon") return geometry.coordinates[0] ?? [];
  if (geometry.type !== "MultiPolygon") return [];
  const rings = geometry.coordinates.map(([ring = []]) => ring);
  return rings.reduce((a, b) => (b.length > a.length ? b : a), []);
}

/** A dimension line ends in bars, an evacuation line in the head of an arrow. */
function ends({ kind, geometry }: Plot, own: Props): Drawn[] {
  if (geometry.type !== "LineString") return [];
  const line = geometry.coordinates;
  const mark = (name: string, at: Position | undefined, from?: Position, to?: Position) => {
    const leg = from && to ? between(from, to) : null;
    if (!at || !leg) return [];
    const image = endImage(name, String(own.colour));
    const shown = { ...own, part: "end", image, rotation: leg.bearing_deg };
    return [feature({ type: "Point", coordinates: at }, shown)];
  };
  const last = mark(kind === "evacuation" ? "head" : "bar", line.at(-1), line.at(-2), line.at(-1));
  if (kind === "evacuation") return last;
  return kind === "dimension" ? [...mark("bar", line[0], line[0], line[1]), ...last] : [];
}

/** What lies still: all but what is being dragged. */
export function plotData({ plots, draft }: PlotState): Collection {
  const dragged = new Set(draft?.plots.map(({ id }) => id));
  return collect([...plots.values()].filter(({ id }) => !dragged.has(id)).flatMap(featuresOf));
}

/** What is under the pointer now: dragged plots, and the shape that is being drawn. */
export function draftData(state: PlotState): Collection {
  const { draft, drawing, pointer } = state;
  const dragged = (draft?.plots ?? []).flatMap(featuresOf);
  if (!drawing) return collect([...dragged, ...measured(state)]);
  const points = pointer ? [...drawing.points, pointer] : [...drawing.points];
  const set = { ...lookOf(drawing.kind), ...setOf({ ...drawing, points }) };
  const geometry = sketched({ ...drawing, points });
  const trail: Geometry = { type: "LineString", coordinates: points };
  const plain = { colour: "#38bdf8", width: 1.5, dash: "4,4", part: "shape", order: 0 };
  const sketch =
    geometry && points.length > 1
      ? featuresOf({
          ...ghostOf(drawing.kind, (set.control as Position[] | undefined) ?? points, geometry),
          properties: set,
        })
      : [];
  return collect([
    ...(points.length > 1 && sketch.length === 0 ? [feature(trail, plain)] : []),
    ...sketch,
    ...drawing.points.map((at) => gripFeature(at, "corner")),
  ]);
}

function ghostOf(kind: Plot["kind"], control: Position[], geometry: Geometry): Plot {
  return {
    id: "",
    kind,
    control,
    geometry,
    properties: {},
    order: 0,
    locked: false,
    locked_by: null,
    group: null,
    version: 0,
    created_by: null,
    updated_by: null,
    updated_at: null,
    closure: null,
    measured: {},
    from_plan: null,
    conflict: [],
  };
}

const gripFeature = (at: Position, grip: string, active = false): Drawn =>
  feature({ type: "Point", coordinates: at }, { part: "grip", grip, active });

/** Marks over everything: grips and outlines of what is selected, ghosts, whose work is new. */
export function markData(state: PlotState): Collection {
  const { plots, selection, draft, fresh, conflicts, cursor, corner, pointer, snapped } = state;
  const dragged = new Map(draft?.plots.map((plot) => [plot.id, plot]));
  const chosen = [...selection].flatMap((id) => dragged.get(id) ?? plots.get(id) ?? []);
  const [only] = chosen;
  const halo = chosen.map(({ geometry }) => feature(geometry, { part: "halo" }));
  const held = only && chosen.length === 1 ? grips(only) : [];
  const corners = held.filter((one) => one.kind !== "middle");
  return collect([
    ...halo,
    ...held.map((one) => gripFeature(one.at, one.kind, corner !== null && corners[corner] === one)),
    ...[...fresh].flatMap(([id, by]) => freshMark(plots.get(id), by)),
    ...conflicts.flatMap((one) => ghostMark(one, plots.get(one.plot))),
    ...versionMark(state),
    ...(cursor ? [feature({ type: "Point", coordinates: cursor }, { part: "cursor" })] : []),
    ...(snapped && pointer ? [gripFeature(pointer, "snap")] : []),
  ]);
}

function freshMark(plot: Plot | undefined, by: string): Drawn[] {
  if (!plot) return [];
  const at =
    plot.geometry.type === "Point" ? plot.geometry.coordinates : middleOf(plot.geometry as never);
  return [
    feature(plot.geometry, { part: "fresh" }),
    feature({ type: "Point", coordinates: at }, { part: "author", label: by }),
  ];
}

/** The shape that lost: mine, dashed, beside theirs that stands. */
function ghostMark(conflict: Conflict, plot: Plot | undefined): Drawn[] {
  const set = fieldsOf(conflict);
  if (!plot || !set) return [];
  const other = withFields(plot, set);
  const label = word("plot.conflict", "ghost");
  return [
    feature(other.geometry, { part: "ghost" }),
    ...featuresOf(other)
      .filter(({ properties }) => properties.part === "sign")
      .map((one) => ({ ...one, properties: { ...one.properties, part: "ghost-sign", label } })),
  ];
}

/** The version of a plot that is being looked at. */
function versionMark({ history }: PlotState): Drawn[] {
  const then = history?.versions.find(({ version }) => version === history.shown)?.plot;
  return then ? [feature(then.geometry, { part: "ghost" })] : [];
}

/** What is being measured: the line, its corners, and the figures on its legs. */
function measured({ measuring, pointer }: PlotState): Drawn[] {
  if (!measuring || measuring.points.length === 0) return [];
  const line = measuring.done || !pointer ? [...measuring.points] : [...measuring.points, pointer];
  const plain = { colour: "#fbbf77", width: 2.5, dash: "", order: 1, part: "shape" };
  const ring = measuring.kind === "area" && line.length > 2;
  const shape: Geometry = ring
    ? { type: "Polygon", coordinates: [[...line, ...line.slice(0, 1)]] }
    : { type: "LineString", coordinates: line };
  const labels = ring
    ? [{ at: middleOf(shape as never), label: area(polygonArea([line])) }]
    : line.slice(1).map((to, at) => {
        const from = line[at] ?? to;
        const leg = between(from, to);
        const [a = 0, b = 0] = from;
        const [c = 0, d = 0] = to;
        const label = leg ? `${distance(leg.distance_m)} · ${bearingText(leg.bearing_deg)}` : "";
        return { at: [(a + c) / 2, (b + d) / 2], label };
      });
  return [
    ...(line.length > 1 ? [feature(shape, { ...plain, fill: "#fbbf77", fill_opacity: 0.15 })] : []),
    ...labels.map(({ at, label }) =>
      feature({ type: "Point", coordinates: at }, { ...plain, part: "label", label, rotation: 0 }),
    ),
    ...measuring.points.map((at) => gripFeature(at, "corner")),
  ];
}
