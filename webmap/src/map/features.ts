/** How the layers of features look: one rule for every layer, told apart by its symbol. */
import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from "maplibre-gl";
import type { Layer } from "../api/wire";
import { ownImage } from "../symbols/own";
import { INK, LEVEL_COLOUR } from "../symbols/palette";
import { symbolName } from "../symbols/symbols";
import { nameIn } from "./basemap";
import { BOLD, REGULAR } from "./fonts";

/** Drawn by the ground itself or from answers of their own, never as layers of features. */
const NOT_FEATURES = new Set([
  "incident",
  "road_closure",
  "place",
  "railway",
  "water",
  "land_use",
  "building",
  "road",
]);

export function isFeatureLayer(layer: Layer): boolean {
  return !NOT_FEATURES.has(layer.name);
}

/** All layers of features come in one tile: nine layers would be nine requests a tile. */
export const FEATURES = "features";

export const styleIds = (layer: string): string[] =>
  ["area", "edge", "dot", "cell", "cell-count", "symbol"].map((part) => `${layer}-${part}`);

/** A counted cell stands for many rows: it carries their number and the worst grade among them. */
const isCell: ExpressionSpecification = ["has", "count"];

/** A shape's outline is in every tile that it meets, its anchor is a point in one of them. */
const isPlace: FilterSpecification = ["all", ["==", ["geometry-type"], "Point"], ["!", isCell]];
const COLOUR: Readonly<Record<string, string>> = {
  hazard_source: INK.hazard,
  enterprise: INK.plant,
  team: INK.accent,
  resource: INK.good,
  protection_target: INK.target,
  fire_water: INK.water_source,
  flood_work: INK.water_source,
  reservoir: INK.water_source,
  sensitive_place: INK.sensitive,
  geohazard: INK.earth,
  tailings_pond: INK.earth,
  accident: INK.muted,
  park: INK.plant,
  tank: INK.plant,
  expert: INK.accent,
  region: INK.border,
};

const worst: ExpressionSpecification = [
  "to-string",
  ["coalesce", ["get", "worst"], ["get", "grade"], ["get", "worst_grade"], ""],
];

/** Hazards are placed first, then help, then whom to protect: labels give way in that order. */
const PRIORITY: Readonly<Record<string, number>> = {
  hazard_source: 0,
  team: 1,
  resource: 2,
  enterprise: 3,
  protection_target: 4,
  disaster_point: 5,
  fire_water: 8,
  tank: 8,
  video_point: 8,
};

function image({ name: layer, user, style }: Layer): ExpressionSpecification {
  if (user) return ["image", ownImage(style?.symbol ?? "dot", style?.color ?? INK.text)];
  const plain = ["image", symbolName(layer)] as ExpressionSpecification;
  const key: ExpressionSpecification = [
    "to-string",
    ["coalesce", ["get", layer === "hazard_source" ? "grade" : "kind"], ""],
  ];
  const kind = ["image", ["concat", `${layer}-`, key]] as ExpressionSpecification;
  const own = ["coalesce", kind, plain] as ExpressionSpecification;
  if (layer !== "hazard_source" && layer !== "enterprise") return own;
  return [
    "case",
    ["==", ["get", "candidate"], true],
    ["image", `${layer}-candidate`],
    own,
  ] as ExpressionSpecification;
}

/** A person's own layer may be labelled with any field that its tiles carry. */
function labelOf({ style }: Layer, language: string): ExpressionSpecification {
  const field = style?.label_field;
  return field ? ["to-string", ["coalesce", ["get", field], ""]] : nameIn(language);
}

/** Layers that are many and small come in late, so that a city stays readable from afar. */
function firstZoom({ name: layer, style }: Layer): number {
  if (style?.min_zoom) return style.min_zoom;
  if (layer === "fire_water" || layer === "video_point") return 13.5;
  if (layer === "tank") return 13.5;
  if (layer === "accident" || layer === "flood_work") return 11.5;
  if (layer === "protection_target") return 12.8;
  return 0;
}

export function featureLayers(layer: Layer, language: string): LayerSpecification[] {
  const { name } = layer;
  const base = { source: FEATURES, "source-layer": name };
  const colour = layer.style?.color ?? COLOUR[name] ?? INK.text;
  const polygons: FilterSpecification = [
    "all",
    ["==", ["geometry-type"], "Polygon"],
    ["!", isCell],
  ];
  if (name === "region") return regionLayers(base);
  return [
    {
      id: `${name}-area`,
      type: "fill",
      ...base,
      filter: polygons,
      minzoom: 9,
      paint: { "fill-color": colour, "fill-opacity": 0.09 },
    },
    {
      id: `${name}-edge`,
      type: "line",
      ...base,
      minzoom: 11,
      filter: ["all", ["!=", ["geometry-type"], "Point"], ["!", isCell]],
      paint: { "line-color": colour, "line-width": 1, "line-opacity": 0.6 },
    },
    ...dots(layer, colour),
    {
      id: `${name}-cell`,
      type: "circle",
      ...base,
      filter: isCell,
      paint: {
        "circle-radius": [
          "interpolate",
          ["linear"],
          ["sqrt", ["get", "count"]],
          1,
          7,
          30,
          20,
          300,
          34,
        ],
        "circle-color": INK.cell,
        "circle-opacity": 0.88,
        "circle-stroke-width": 2.5,
        "circle-stroke-color": [
          "match",
          worst,
          "1",
          LEVEL_COLOUR.red,
          "2",
          LEVEL_COLOUR.orange,
          "3",
          LEVEL_COLOUR.yellow,
          "4",
          LEVEL_COLOUR.blue,
          colour,
        ],
      },
    },
    {
      id: `${name}-cell-count`,
      type: "symbol",
      ...base,
      filter: isCell,
      layout: {
        "text-field": ["to-string", ["get", "count"]],
        "text-font": [BOLD],
        "text-size": 12,
        "text-allow-overlap": true,
      },
      paint: { "text-color": INK.text },
    },
    {
      id: `${name}-symbol`,
      type: "symbol",
      ...base,
      // On a clipped outline the library would set a symbol in each tile.
      filter: isPlace,
      minzoom: firstZoom(layer),
      layout: {
        "icon-image": image(layer),
        "icon-size": ["interpolate", ["linear"], ["zoom"], 9, 0.45, 12, 0.7, 15, 1.05],
        "icon-allow-overlap": true,
        "text-field": [
          "step",
          ["zoom"],
          "",
          PRIORITY[name] === 8 ? 16 : 12.6,
          labelOf(layer, language),
        ],
        "text-font": [REGULAR],
        "text-size": 12.5,
        "text-offset": [0, 1.15],
        "text-anchor": "top",
        "text-max-width": 9,
        "text-optional": true,
        "text-padding": 5,
        "symbol-sort-key": PRIORITY[name] ?? 6,
      },
      paint: { "text-color": INK.text, "text-halo-color": INK.halo, "text-halo-width": 1.6 },
    },
  ];
}

/** From afar a layer of many small things is a haze of dots, and nothing that cries out. */
function dots(layer: Layer, colour: string): LayerSpecification[] {
  const { name } = layer;
  const first = firstZoom(layer);
  if (first === 0) return [];
  return [
    {
      id: `${name}-dot`,
      type: "circle",
      source: FEATURES,
      "source-layer": name,
      // A circle layer would draw one on every corner of an outline.
      filter: isPlace,
      minzoom: Math.max(0, first - 3.3),
      maxzoom: first,
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 9, 1.2, 13, 2.6],
        "circle-color": colour,
        "circle-opacity": 0.6,
      },
    },
  ];
}

function regionLayers(base: { source: string; "source-layer": string }): LayerSpecification[] {
  return [
    {
      id: "region-edge",
      type: "line",
      ...base,
      paint: {
        "line-color": INK.border,
        "line-width": 1.2,
        "line-dasharray": [5, 3, 1, 3],
        "line-opacity": 0.7,
      },
    },
  ];
}
