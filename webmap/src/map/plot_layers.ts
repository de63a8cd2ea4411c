/** How plots look: areas below lines below signs below words, each kind by its order in the pile. */
import type {
  DataDrivenPropertyValueSpecification,
  ExpressionSpecification,
  LayerSpecification,
} from "maplibre-gl";
import { INK } from "../symbols/palette";
import { BOLD } from "./fonts";
import { grip, marks } from "./plot_marks";

export const SOURCES = ["plots", "plots-draft", "plots-mark"] as const;

const part = (name: string): ExpressionSpecification => ["==", ["get", "part"], name];
const AREA: ExpressionSpecification = ["==", ["geometry-type"], "Polygon"];
const LINE: ExpressionSpecification = ["==", ["geometry-type"], "LineString"];

/** The dashes that people choose, in widths of the line; what else is stored is drawn as the first. */
const DASH = [
  "match",
  ["get", "dash"],
  "",
  ["literal", [1, 0]],
  "2,4",
  ["literal", [0.6, 1.6]],
  "12,4,2,4",
  ["literal", [5, 1.6, 1, 1.6]],
  ["literal", [3, 1.8]],
] as unknown as DataDrivenPropertyValueSpecification<number[]>;

/** Of plots that lie still and of those under the pointer: the same look. */
function drawn(source: string, scale: number): LayerSpecification[] {
  const id = (name: string): string => `${source}-${name}`;
  return [
    {
      id: id("fill"),
      type: "fill",
      source,
      filter: ["all", part("shape"), AREA],
      layout: { "fill-sort-key": ["get", "order"] },
      paint: { "fill-color": ["get", "fill"], "fill-opacity": ["get", "fill_opacity"] },
    },
    {
      id: id("casing"),
      type: "line",
      source,
      filter: part("shape"),
      layout: { "line-join": "round", "line-cap": "butt", "line-sort-key": ["get", "order"] },
      paint: {
        "line-color": INK.halo,
        "line-opacity": 0.55,
        "line-width": ["+", ["*", scale, ["get", "width"]], 2.5],
      },
    },
    {
      id: id("line"),
      type: "line",
      source,
      filter: part("shape"),
      layout: { "line-join": "round", "line-sort-key": ["get", "order"] },
      paint: {
        "line-color": ["get", "colour"],
        "line-width": ["*", scale, ["get", "width"]],
        "line-dasharray": DASH,
      },
    },
    {
      id: id("chevrons"),
      type: "symbol",
      source,
      filter: ["all", part("shape"), LINE, ["==", ["get", "kind"], "evacuation"]],
      layout: {
        "symbol-placement": "line",
        "symbol-spacing": 48,
        "icon-image": "plot-chevron",
        "icon-size": scale,
        "icon-allow-overlap": true,
      },
    },
    {
      id: id("ticks"),
      type: "symbol",
      source,
      filter: ["all", part("shape"), LINE, ["==", ["get", "kind"], "roadblock"]],
      layout: {
        "symbol-placement": "line-center",
        "icon-image": "plot-checkpoint-c2182b",
        "icon-size": scale,
        "icon-allow-overlap": true,
      },
    },
    {
      id: id("end"),
      type: "symbol",
      source,
      filter: part("end"),
      layout: {
        "icon-image": ["get", "image"],
        "icon-size": ["*", scale, ["max", 0.8, ["min", 2.4, ["/", ["get", "width"], 5]]]],
        "icon-rotate": ["get", "rotation"],
        "icon-rotation-alignment": "map",
        "icon-allow-overlap": true,
        "icon-ignore-placement": true,
      },
    },
    ...words(source, scale),
  ];
}

function words(source: string, scale: number): LayerSpecification[] {
  const paint = { "text-color": "#ffffff", "text-halo-color": INK.halo, "text-halo-width": 1.8 };
  const order: DataDrivenPropertyValueSpecification<number> = ["get", "order"];
  return [
    {
      id: `${source}-along`,
      type: "symbol",
      source,
      filter: part("along"),
      layout: {
        "symbol-placement": "line",
        "symbol-spacing": 320,
        "text-field": ["get", "label"],
        "text-font": [BOLD],
        "text-size": 13.5 * scale,
        "text-offset": [0, -0.9],
        "text-max-angle": 40,
      },
      paint,
    },
    {
      id: `${source}-cordon`,
      type: "symbol",
      source,
      filter: part("cordon"),
      layout: {
        "text-field": ["get", "label"],
        "text-font": [BOLD],
        "text-size": 15 * scale,
        "text-allow-overlap": true,
        "symbol-sort-key": order,
      },
      paint: { ...paint, "text-halo-width": 2.6 },
    },
    {
      id: `${source}-label`,
      type: "symbol",
      source,
      filter: part("label"),
      layout: {
        "text-field": ["get", "label"],
        "text-font": [BOLD],
        "text-size": 13.5 * scale,
        "text-rotate": ["get", "rotation"],
        "symbol-sort-key": order,
      },
      paint,
    },
    {
      id: `${source}-sign`,
      type: "symbol",
      source,
      filter: part("sign"),
      layout: {
        "icon-image": ["get", "image"],
        "icon-size": ["*", scale / 32, ["get", "size"]],
        "icon-rotate": ["get", "rotation"],
        "icon-allow-overlap": true,
        "text-field": ["get", "label"],
        "text-font": [BOLD],
        "text-size": 13.5 * scale,
        "text-anchor": "top",
        "text-offset": ["literal", [0, 1.5]],
        "text-optional": true,
        "symbol-sort-key": order,
        "symbol-z-order": "source",
      },
      paint,
    },
    {
      id: `${source}-text`,
      type: "symbol",
      source,
      filter: part("text"),
      layout: {
        "text-field": ["get", "label"],
        "text-font": [BOLD],
        "text-size": ["*", scale, ["get", "size"]],
        "text-rotate": ["get", "rotation"],
        "text-allow-overlap": true,
        "text-max-width": 16,
        "symbol-sort-key": order,
      },
      paint: { ...paint, "text-color": ["get", "colour"] },
    },
  ];
}

export function plotLayers(scale: number): LayerSpecification[] {
  return [
    ...drawn("plots", scale),
    ...drawn("plots-draft", scale),
    ...grip("plots-draft"),
    ...marks("plots-mark"),
    {
      id: "plots-cursor",
      type: "symbol",
      source: "plots-mark",
      filter: part("cursor"),
      layout: { "icon-image": "plot-crosshair", "icon-allow-overlap": true },
    },
  ];
}

/** What can be pressed: a plot's own parts. */
export const PRESSED = [
  "sign",
  "text",
  "label",
  "cordon",
  "along",
  "chevrons",
  "ticks",
  "line",
  "fill",
].map((name) => `plots-${name}`);
