/** Names on the ground: places by their weight, waters, roads along their line. */
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import { INK } from "../symbols/palette";
import { BASEMAP, nameIn } from "./basemap";
import { BOLD, REGULAR } from "./fonts";

const kind: ExpressionSpecification = ["coalesce", ["get", "kind"], ""];

/** How much a place weighs: 0 the most. */
const weight: ExpressionSpecification = [
  "match",
  kind,
  ["country", "state", "province"],
  0,
  "city",
  1,
  ["town", "county", "district"],
  2,
  ["borough", "suburb"],
  3,
  ["village", "quarter", "island"],
  4,
  5,
];

/** Text of a place at a zoom, px: greater places in larger type, all growing with the zoom. */
function placeSize(least: number, most: number): ExpressionSpecification {
  return [
    "interpolate",
    ["linear"],
    weight,
    0,
    most,
    1,
    most * 0.94,
    2,
    (least + most) / 2,
    5,
    least,
  ];
}

export function groundLabels(language: string): LayerSpecification[] {
  const name = nameIn(language);
  return [...roadNames(name), ...waterNames(name), places(name)];
}

function roadNames(name: ExpressionSpecification): LayerSpecification[] {
  const road = { type: "symbol", source: BASEMAP, "source-layer": "road" } as const;
  const ink = { "text-halo-color": INK.halo, "text-halo-width": 1.5 };
  return [
    {
      id: "road-name",
      ...road,
      minzoom: 13,
      layout: {
        "symbol-placement": "line",
        "text-field": name,
        "text-font": [REGULAR],
        "text-size": ["interpolate", ["linear"], ["zoom"], 13, 11, 18, 14],
        "text-letter-spacing": 0.05,
        "text-max-angle": 30,
        "text-padding": 8,
        "symbol-spacing": 420,
      },
      paint: { "text-color": INK.muted, ...ink },
    },
    {
      id: "road-ref",
      ...road,
      minzoom: 9,
      maxzoom: 15,
      filter: [
        "all",
        ["has", "ref"],
        ["match", ["coalesce", ["get", "class"], ""], ["motorway", "trunk"], true, false],
      ],
      layout: {
        "symbol-placement": "line",
        "text-field": ["slice", ["to-string", ["get", "ref"]], 0, 12],
        "text-font": [BOLD],
        "text-size": 10.5,
        "text-rotation-alignment": "viewport",
        "text-padding": 20,
        "symbol-spacing": 600,
      },
      paint: { "text-color": INK.label, ...ink, "text-halo-width": 2 },
    },
  ];
}

/** A lake is named in its middle, a river along its line. */
function waterNames(name: ExpressionSpecification): LayerSpecification[] {
  const water = { type: "symbol", source: BASEMAP, "source-layer": "water" } as const;
  const text = { "text-field": name, "text-font": [REGULAR] };
  const paint = {
    "text-color": INK.waterText,
    "text-halo-color": INK.halo,
    "text-halo-width": 1.2,
  };
  return [
    {
      id: "water-name",
      ...water,
      minzoom: 10,
      filter: ["==", ["geometry-type"], "Polygon"],
      layout: { ...text, "text-size": 12, "text-max-width": 7, "text-letter-spacing": 0.1 },
      paint,
    },
    {
      id: "water-line-name",
      ...water,
      minzoom: 11,
      filter: ["all", ["==", ["geometry-type"], "LineString"], ["!=", kind, "coastline"]],
      layout: {
        ...text,
        "symbol-placement": "line",
        "symbol-spacing": 500,
        "text-size": 11.5,
        "text-letter-spacing": 0.2,
        "text-max-angle": 30,
      },
      paint,
    },
  ];
}

function places(name: ExpressionSpecification): LayerSpecification {
  return {
    id: "place",
    type: "symbol",
    source: BASEMAP,
    "source-layer": "place",
    layout: {
      "text-field": name,
      "text-font": ["step", ["zoom"], ["literal", [BOLD]], 9, placeFont()],
      "text-size": [
        "interpolate",
        ["linear"],
        ["zoom"],
        4,
        placeSize(10, 14),
        11,
        placeSize(11.5, 18),
        15,
        placeSize(13, 22),
      ],
      "symbol-sort-key": [
        "+",
        ["*", 1000, weight],
        ["coalesce", ["get", "rank"], 99],
        ["/", -1, ["+", 1, ["coalesce", ["get", "people"], 0]]],
      ],
      "text-letter-spacing": 0.06,
      "text-max-width": 8,
      "text-padding": 8,
    },
    paint: {
      "text-color": INK.place,
      "text-opacity": ["interpolate", ["linear"], weight, 1, 0.92, 5, 0.7],
      "text-halo-color": INK.halo,
      "text-halo-width": 1.6,
    },
  };
}

function placeFont(): ExpressionSpecification {
  return ["case", ["<", weight, 3], ["literal", [BOLD]], ["literal", [REGULAR]]];
}
