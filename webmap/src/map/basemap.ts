/** The quiet ground: land, water, buildings, borders; its roads and names have files of their own. */
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import { INK } from "../symbols/palette";
import { wayLayers } from "./ground_ways";

export const BASEMAP = "basemap";

/** Names in the reader's language, else in the other one. */
export function nameIn(language: string): ExpressionSpecification {
  return language === "en"
    ? ["coalesce", ["get", "name_en"], ["get", "name"], ""]
    : ["coalesce", ["get", "name"], ["get", "name_en"], ""];
}

const LAND: readonly (readonly [colour: string, kinds: readonly string[]])[] = [
  [INK.wood, ["forest", "wood"]],
  [
    INK.green,
    [
      "park",
      "grass",
      "meadow",
      "orchard",
      "scrub",
      "heath",
      "nature_reserve",
      "recreation_ground",
      "cemetery",
      "green",
      "garden",
      "village_green",
      "wetland",
      "pitch",
      "golf_course",
      "vineyard",
      "allotments",
      "plant_nursery",
      "greenfield",
    ],
  ],
  [INK.farm, ["farmland", "farmyard"]],
  [
    INK.industry,
    [
      "industrial",
      "port",
      "commercial",
      "railway",
      "quarry",
      "landfill",
      "harbour",
      "retail",
      "depot",
      "brownfield",
      "construction",
    ],
  ],
  [INK.settled, ["residential", "education", "school", "hospital", "institutional", "military"]],
  [INK.sand, ["beach", "sand", "dune", "bare_rock", "scree", "glacier"]],
];

const kind: ExpressionSpecification = ["coalesce", ["get", "kind"], ""];

const landColour = [
  "match",
  kind,
  ...LAND.flatMap(([colour, kinds]) => [[...kinds], colour]),
  INK.ground,
] as unknown as ExpressionSpecification;

const isRiver: ExpressionSpecification = ["match", kind, ["river", "coastline"], true, false];

export function groundLayers(): LayerSpecification[] {
  return [
    { id: "ground", type: "background", paint: { "background-color": INK.ground } },
    {
      id: "land_use",
      type: "fill",
      source: BASEMAP,
      "source-layer": "land_use",
      paint: {
        "fill-color": landColour,
        "fill-antialias": false,
        "fill-opacity": ["interpolate", ["linear"], ["zoom"], 7, 0.5, 10, 1],
      },
    },
    {
      id: "water",
      type: "fill",
      source: BASEMAP,
      "source-layer": "water",
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": INK.water },
    },
    {
      id: "water-line",
      type: "line",
      source: BASEMAP,
      "source-layer": "water",
      layout: { "line-cap": "round", "line-join": "round" },
      paint: {
        "line-color": INK.waterLine,
        "line-width": [
          "interpolate",
          ["exponential", 1.4],
          ["zoom"],
          6,
          ["case", isRiver, 0.6, 0.15],
          12,
          ["case", isRiver, 1.4, 0.6],
          18,
          ["case", isRiver, 6, 3],
        ],
      },
    },
    {
      id: "building",
      type: "fill",
      source: BASEMAP,
      "source-layer": "building",
      minzoom: 13,
      paint: {
        "fill-color": INK.building,
        "fill-outline-color": INK.buildingLine,
        "fill-opacity": ["interpolate", ["linear"], ["zoom"], 13, 0, 14.2, 1],
      },
    },
    ...wayLayers(),
    ...borders(),
  ];
}

/** Borders between countries, provinces, cities and counties; what is disputed is broken finer. */
function borders(): LayerSpecification[] {
  const level: ExpressionSpecification = ["coalesce", ["get", "admin_level"], 9];
  const base = { type: "line", source: BASEMAP, "source-layer": "boundary" } as const;
  const width: ExpressionSpecification = [
    "interpolate",
    ["linear"],
    ["zoom"],
    3,
    ["match", level, 2, 1, 4, 0.6, 0.3],
    10,
    ["match", level, 2, 2.4, 4, 1.6, 1],
  ];
  const ashore: ExpressionSpecification = ["!=", ["get", "maritime"], true];
  const disputed: ExpressionSpecification = ["==", ["get", "disputed"], true];
  const paint = { "line-color": INK.border, "line-width": width, "line-opacity": 0.75 };
  return [
    {
      id: "boundary",
      ...base,
      filter: ["all", ashore, ["!", disputed], ["<=", level, 6]],
      layout: { "line-join": "round" },
      paint: { ...paint, "line-dasharray": [6, 2, 1.2, 2] },
    },
    {
      id: "boundary-disputed",
      ...base,
      filter: ["all", ashore, disputed, ["<=", level, 4]],
      paint: { ...paint, "line-dasharray": [2, 2] },
    },
  ];
}
