/** Roads by class and railways, under everything that an incident draws. */
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import { INK } from "../symbols/palette";

const SOURCE = "basemap";

const roadClass: ExpressionSpecification = ["coalesce", ["get", "class"], ["get", "kind"], ""];

const TOP = ["motorway", "trunk"];
const TOP_LINK = ["motorway_link", "trunk_link"];
const MAIN = ["primary", "secondary"];
const MAIN_LINK = ["primary_link", "secondary_link", "tertiary", "tertiary_link"];
const FOOT = [
  "path",
  "footway",
  "steps",
  "track",
  "cycleway",
  "bridleway",
  "pedestrian",
  "corridor",
];
const YARD = ["service", "driveway", "parking_aisle"];

const colour: ExpressionSpecification = [
  "match",
  roadClass,
  [...TOP, ...TOP_LINK],
  INK.roadTop,
  [...MAIN, "primary_link", "secondary_link"],
  INK.roadMain,
  INK.road,
];

/** The greater road lies over the lesser where they cross. */
const order: ExpressionSpecification = [
  "match",
  roadClass,
  ["motorway"],
  6,
  ["trunk"],
  5,
  [...TOP_LINK, "primary"],
  4,
  ["secondary", "primary_link"],
  3,
  MAIN_LINK.filter((name) => name !== "primary_link"),
  2,
  YARD,
  0,
  1,
];

const inTunnel: ExpressionSpecification = [
  "match",
  ["to-string", ["coalesce", ["get", "tunnel"], false]],
  ["true", "yes"],
  true,
  false,
];

/** `more` px are added to each side: the casing. */
function width(more: number): ExpressionSpecification {
  const at = (
    top: number,
    main: number,
    minor: number,
    yard: number,
    casing: number,
  ): ExpressionSpecification => [
    "match",
    roadClass,
    TOP,
    top + casing * more,
    MAIN,
    main + casing * more,
    [...TOP_LINK, ...MAIN_LINK],
    (main + minor) / 2 + casing * more,
    YARD,
    yard + casing * more,
    minor + casing * more,
  ];
  return [
    "interpolate",
    ["exponential", 1.5],
    ["zoom"],
    4,
    at(0.4, 0.2, 0.1, 0, 0),
    8,
    at(1.1, 0.6, 0.2, 0, 0.6),
    12,
    at(2.6, 1.8, 0.7, 0.3, 1),
    15,
    at(6.5, 5, 2.8, 1.4, 1.2),
    18,
    at(20, 17, 12, 6, 1.6),
  ];
}

const round = { "line-cap": "round", "line-join": "round" } as const;

export function wayLayers(): LayerSpecification[] {
  const roads = { type: "line", source: SOURCE, "source-layer": "road" } as const;
  const onFoot: ExpressionSpecification = ["match", roadClass, FOOT, true, false];
  return [
    {
      id: "road-path",
      ...roads,
      minzoom: 13.5,
      filter: onFoot,
      paint: {
        "line-color": INK.path,
        "line-width": ["interpolate", ["linear"], ["zoom"], 13, 0.6, 18, 2.4],
        "line-dasharray": [2.5, 1.5],
      },
    },
    {
      id: "road-casing",
      ...roads,
      minzoom: 10,
      filter: ["!", onFoot],
      layout: { ...round, "line-sort-key": order },
      paint: { "line-color": INK.casing, "line-width": width(2) },
    },
    {
      id: "road",
      ...roads,
      filter: ["!", onFoot],
      layout: { ...round, "line-sort-key": order },
      paint: {
        "line-color": colour,
        "line-width": width(0),
        "line-opacity": ["case", inTunnel, 0.45, 1],
      },
    },
    ...rails(),
  ];
}

/** A rail is a line with ties across it, as on a printed map. */
function rails(): LayerSpecification[] {
  const base = { type: "line", source: SOURCE, "source-layer": "railway" } as const;
  return [
    {
      id: "railway",
      ...base,
      minzoom: 8,
      paint: {
        "line-color": INK.rail,
        "line-width": ["interpolate", ["linear"], ["zoom"], 8, 0.6, 12, 1.1, 17, 2.2],
        "line-opacity": ["case", inTunnel, 0.4, 1],
      },
    },
    {
      id: "railway-tie",
      ...base,
      minzoom: 11.5,
      filter: ["!", inTunnel],
      paint: {
        "line-color": INK.railTie,
        "line-width": ["interpolate", ["linear"], ["zoom"], 11, 2.4, 17, 6],
        "line-dasharray": [0.25, 3],
      },
    },
  ];
}
