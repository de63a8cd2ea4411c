/** How closed roads look: red with white bars, a no-entry sign, and in words what closes them. */
import type { FilterSpecification, LayerSpecification } from "maplibre-gl";
import type { Closure } from "../api/closures";
import { word } from "../text/i18n";
import { BOLD } from "./fonts";
import type { Collection } from "./plan";

const SOURCE = "closures";
const RED = "#e5484d";
const isArea: FilterSpecification = ["==", ["geometry-type"], "Polygon"];
const isLine: FilterSpecification = ["==", ["geometry-type"], "LineString"];

export const CLOSURE_IDS = [
  "closure-area",
  "closure-edge",
  "closure-line",
  "closure-bars",
  "closure-sign",
] as const;

export function closureLayers(): LayerSpecification[] {
  return [
    {
      id: "closure-area",
      type: "fill",
      source: SOURCE,
      filter: isArea,
      paint: { "fill-pattern": "hatch-closed" },
    },
    {
      id: "closure-edge",
      type: "line",
      source: SOURCE,
      filter: isArea,
      paint: { "line-color": RED, "line-width": 2 },
    },
    {
      id: "closure-line",
      type: "line",
      source: SOURCE,
      filter: isLine,
      paint: { "line-color": RED, "line-width": 7 },
    },
    {
      id: "closure-bars",
      type: "line",
      source: SOURCE,
      filter: isLine,
      paint: { "line-color": "#ffffff", "line-width": 3, "line-dasharray": [1, 1.6] },
    },
  ];
}

export function closureSigns(): LayerSpecification[] {
  return [
    {
      id: "closure-sign",
      type: "symbol",
      source: SOURCE,
      filter: ["has", "sign"],
      layout: {
        "icon-image": "no-entry",
        "icon-size": ["interpolate", ["linear"], ["zoom"], 9, 0.6, 15, 1.1],
        "icon-allow-overlap": true,
        "text-field": ["step", ["zoom"], "", 11, ["get", "label"]],
        "text-font": [BOLD],
        "text-size": 12.5,
        "text-offset": [0, 1.2],
        "text-anchor": "top",
        "text-optional": true,
      },
      paint: { "text-color": "#ffffff", "text-halo-color": "#4a0e12", "text-halo-width": 2 },
    },
  ];
}

/** What the map shows of a closure. */
export type Marked = Pick<Closure, "id" | "kind" | "reason" | "geometry">;

/** Each closure as it was drawn, and one sign in its middle. */
export function closureData(closures: readonly Marked[]): Collection {
  return {
    type: "FeatureCollection",
    features: closures.flatMap(({ id, kind, geometry, reason }) => {
      const label = [word("value.road_closure.kind", kind), reason].filter(Boolean).join(" · ");
      const middle = middleOf(geometry);
      const own = { type: "Feature" as const, geometry, properties: { id, kind } };
      const sign = {
        type: "Feature" as const,
        geometry: { type: "Point" as const, coordinates: middle },
        properties: { id, kind, label, sign: true },
      };
      return geometry.type === "Point" ? [sign] : [own, sign];
    }),
  };
}

/** A place on the shape: the middle corner of a line, the mean of a ring's corners. */
export function middleOf(geometry: Closure["geometry"]): [number, number] {
  if (geometry.type === "Point") return pair(geometry.coordinates);
  if (geometry.type === "LineString") return half(geometry.coordinates);
  if (geometry.type === "MultiLineString")
    return half(geometry.coordinates.reduce((a, b) => (b.length > a.length ? b : a), []));
  const ring = geometry.type === "Polygon" ? geometry.coordinates[0] : geometry.coordinates[0]?.[0];
  const corners = (ring ?? []).slice(1);
  const sum = corners.reduce<[number, number]>(
    ([x, y], [lon = 0, lat = 0]) => [x + lon, y + lat],
    [0, 0],
  );
  return [sum[0] / Math.max(1, corners.length), sum[1] / Math.max(1, corners.length)];
}

const pair = ([lon = 0, lat = 0]: readonly number[]): [number, number] => [lon, lat];

/** The point half way along, by the plain length of its pieces. */
function half(line: readonly (readonly number[])[]): [number, number] {
  const lengths = line
    .slice(1)
    .map(([x = 0, y = 0], at) => Math.hypot(x - (line[at]?.[0] ?? 0), y - (line[at]?.[1] ?? 0)));
  let left = lengths.reduce((sum, one) => sum + one, 0) / 2;
  for (const [at, length] of lengths.entries()) {
    const [from, to] = [pair(line[at] ?? []), pair(line[at + 1] ?? [])];
    if (left <= length && length > 0) {
      const share = left / length;
      return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
    }
    left -= length;
  }
  return pair(line[0] ?? []);
}
