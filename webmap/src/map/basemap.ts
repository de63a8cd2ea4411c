/** The quiet ground: water, land, buildings, railways, roads, place names. */
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import { INK } from "../symbols/palette";
import { BOLD, REGULAR } from "./fonts";

const SOURCE = "basemap";

const roadClass: ExpressionSpecification = ["coalesce", ["get", "class"], ["get", "kind"], ""];

const roadColour: ExpressionSpecification = [
  "match",
  roadClass,
  ["motorway", "motorway_link", "trunk", "trunk_link"],
  INK.roadTop,
  ["primary", "primary_link", "secondary", "secondary_link"],
  INK.roadMain,
  INK.road,
];

function width(scale: number): ExpressionSpecification {
  const at = (motorway: number, main: number, minor: number): ExpressionSpecification => [
    "match",
    roadClass,
    ["motorway", "trunk"],
    motorway * scale,
    ["primary", "secondary"],
    main * scale,
    minor * scale,
  ];
  return [
    "interpolate",
    ["exponential", 1.5],
    ["zoom"],
    8,
    at(0.9, 0.5, 0.15),
    12,
    at(2.1, 1.5, 0.6),
    16,
    at(9, 7, 4),
    19,
    at(26, 22, 14),
  ];
}

/** Names in the reader's language, else in the other one. */
export function nameIn(language: string): ExpressionSpecification {
  return language === "en"
    ? ["coalesce", ["get", "name_en"], ["get", "name"], ""]
    : ["coalesce", ["get", "name"], ["get", "name_en"], ""];
}

const GREEN = [
  "forest",
  "wood",
  "park",
  "grass",
  "meadow",
  "farmland",
  "orchard",
  "scrub",
  "nature_reserve",
  "recreation_ground",
  "cemetery",
  "green",
  "garden",
  "village_green",
  "wetland",
];
const INDUSTRY = [
  "industrial",
  "port",
  "commercial",
  "railway",
  "quarry",
  "landfill",
  "harbour",
  "retail",
  "depot",
];

export function groundLayers(): LayerSpecification[] {
  return [
    { id: "ground", type: "background", paint: { "background-color": INK.ground } },
    {
      id: "land_use",
      type: "fill",
      source: SOURCE,
      "source-layer": "land_use",
      paint: {
        "fill-color": [
          "match",
          ["coalesce", ["get", "kind"], ""],
          GREEN,
          INK.green,
          INDUSTRY,
          INK.industry,
          INK.ground,
        ],
      },
    },
    {
      id: "water",
      type: "fill",
      source: SOURCE,
      "source-layer": "water",
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": INK.water },
    },
    {
      id: "water-line",
      type: "line",
      source: SOURCE,
      "source-layer": "water",
      paint: {
        "line-color": INK.waterLine,
        "line-width": ["interpolate", ["linear"], ["zoom"], 9, 0.5, 15, 1.6],
      },
    },
    {
      id: "building",
      type: "fill",
      source: SOURCE,
      "source-layer": "building",
      minzoom: 13.5,
      paint: { "fill-color": INK.building, "fill-outline-color": INK.buildingLine },
    },
    {
      id: "road-casing",
      type: "line",
      source: SOURCE,
      "source-layer": "road",
      minzoom: 11,
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": INK.halo, "line-width": width(1.45) },
    },
    {
      id: "road",
      type: "line",
      source: SOURCE,
      "source-layer": "road",
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": roadColour, "line-width": width(1) },
    },
    {
      id: "railway",
      type: "line",
      source: SOURCE,
      "source-layer": "railway",
      minzoom: 10,
      paint: { "line-color": INK.rail, "line-width": 1.6, "line-dasharray": [4, 2] },
    },
  ];
}

export function groundLabels(language: string): LayerSpecification[] {
  return [
    {
      id: "road-name",
      type: "symbol",
      source: SOURCE,
      "source-layer": "road",
      minzoom: 13.5,
      layout: {
        "symbol-placement": "line",
        "text-field": nameIn(language),
        "text-font": [REGULAR],
        "text-size": 11.5,
        "symbol-spacing": 420,
      },
      paint: { "text-color": INK.muted, "text-halo-color": INK.halo, "text-halo-width": 1.4 },
    },
    {
      id: "water-name",
      type: "symbol",
      source: SOURCE,
      "source-layer": "water",
      minzoom: 11,
      layout: {
        "text-field": nameIn(language),
        "text-font": [REGULAR],
        "text-size": 12,
        "text-max-width": 8,
        "symbol-placement": "point",
      },
      paint: { "text-color": "#5f8db3", "text-halo-color": INK.water, "text-halo-width": 1 },
    },
    {
      id: "place",
      type: "symbol",
      source: SOURCE,
      "source-layer": "place",
      layout: {
        "text-field": nameIn(language),
        "text-font": [BOLD],
        "text-size": [
          "match",
          ["coalesce", ["get", "kind"], ""],
          "city",
          17,
          ["town", "district"],
          15,
          12.5,
        ],
        "symbol-sort-key": [
          "match",
          ["coalesce", ["get", "kind"], ""],
          "city",
          0,
          "town",
          1,
          "suburb",
          2,
          3,
        ],
        "text-letter-spacing": 0.06,
        "text-max-width": 8,
        "text-padding": 6,
      },
      paint: {
        "text-color": INK.place,
        "text-opacity": 0.75,
        "text-halo-color": INK.halo,
        "text-halo-width": 1.6,
      },
    },
  ];
}
