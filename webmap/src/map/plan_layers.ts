/** How the plan looks: one set of rules for zones, routes and places on scene. */
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import { INK, LEVEL_COLOUR, LEVELS } from "../symbols/palette";
import { BOLD, REGULAR } from "./fonts";

const colour = [
  "match",
  ["get", "level"],
  ...LEVELS.flatMap((level) => [level, LEVEL_COLOUR[level]]),
  INK.text,
] as unknown as string;
const hatchName = ["concat", "hatch-", ["get", "level"]] as unknown as string;

/** Under the symbols: fills and edges of zones, then routes. */
export function zoneLayers(): LayerSpecification[] {
  return [
    {
      id: "zone-fill",
      type: "fill",
      source: "plan-zones",
      layout: { "fill-sort-key": ["get", "rank"] },
      paint: { "fill-color": colour, "fill-opacity": ["case", ["get", "faint"], 0.05, 0.22] },
    },
    {
      id: "zone-hatch",
      type: "fill",
      source: "plan-zones",
      layout: { "fill-sort-key": ["get", "rank"] },
      paint: {
        "fill-pattern": hatchName,
        "fill-opacity": ["case", ["get", "faint"], 0.2, 1],
      },
    },
    // Where the cloud is at the moment of the time slider.
    {
      id: "slice-fill",
      type: "fill",
      source: "plan-slices",
      layout: { "fill-sort-key": ["get", "rank"] },
      paint: { "fill-color": colour, "fill-opacity": 0.5 },
    },
    {
      id: "slice-edge",
      type: "line",
      source: "plan-slices",
      paint: { "line-color": INK.text, "line-width": 1.5 },
    },
    // Within it the wind may turn the zone: no threshold, so no fill and no unbroken line.
    {
      id: "confidence-casing",
      type: "line",
      source: "plan-confidence",
      paint: { "line-color": INK.halo, "line-width": 3, "line-opacity": 0.5 },
    },
    {
      id: "confidence",
      type: "line",
      source: "plan-confidence",
      paint: { "line-color": colour, "line-width": 1.5, "line-dasharray": [1.5, 3] },
    },
    {
      id: "zone-edge-casing",
      type: "line",
      source: "plan-zones",
      paint: { "line-color": INK.halo, "line-width": 4, "line-opacity": 0.55 },
    },
    {
      id: "zone-edge",
      type: "line",
      source: "plan-zones",
      filter: ["!=", ["get", "basis"], "table"],
      paint: { "line-color": colour, "line-width": 2 },
    },
    {
      id: "zone-edge-table",
      type: "line",
      source: "plan-zones",
      filter: ["==", ["get", "basis"], "table"],
      paint: { "line-color": colour, "line-width": 2, "line-dasharray": [4, 3] },
    },
    // A cut erases the threshold line and leaves bars: beyond it nothing was computed.
    {
      id: "cut-ground",
      type: "line",
      source: "plan-cuts",
      paint: { "line-color": INK.ground, "line-width": 5 },
    },
    {
      id: "cut-bars",
      type: "line",
      source: "plan-cuts",
      paint: { "line-color": INK.text, "line-width": 9, "line-dasharray": [0.22, 0.9] },
    },
  ];
}

export function routeLayers(): LayerSpecification[] {
  const tint = ["match", ["get", "layer"], "team", INK.accent, INK.good] as unknown as string;
  const line = { "line-cap": "round", "line-join": "round" } as const;
  return [
    {
      id: "route-casing",
      type: "line",
      source: "plan-routes",
      layout: line,
      paint: { "line-color": INK.halo, "line-width": 7, "line-opacity": 0.85 },
    },
    {
      id: "route",
      type: "line",
      source: "plan-routes",
      layout: line,
      paint: { "line-color": tint, "line-width": 3.5 },
    },
    {
      id: "route-focus",
      type: "line",
      source: "plan-routes",
      layout: line,
      filter: ["==", ["get", "id"], ""],
      paint: { "line-color": INK.bright, "line-width": 6 },
    },
    {
      id: "route-arrow",
      type: "symbol",
      source: "plan-routes",
      minzoom: 12.5,
      layout: {
        "symbol-placement": "line",
        "icon-image": "route-arrow",
        "icon-size": 0.5,
        "symbol-spacing": 90,
        "icon-allow-overlap": true,
        "icon-ignore-placement": true,
      },
    },
  ];
}

/** Control points come by the dozen: smaller than the places that people are sent to. */
function roleSize(size: number): ExpressionSpecification {
  return ["match", ["get", "role"], "control", size * 0.6, size];
}

/** Over the symbols: what is written on zones and at places on scene. */
export function planLabels(): LayerSpecification[] {
  return [
    {
      id: "point-symbol",
      type: "symbol",
      source: "plan-points",
      layout: {
        "icon-image": ["concat", "role-", ["get", "role"]],
        "icon-size": ["interpolate", ["linear"], ["zoom"], 9, roleSize(0.6), 14, roleSize(1.1)],
        "icon-allow-overlap": true,
        "text-field": [
          "step",
          ["zoom"],
          "",
          12,
          ["match", ["get", "role"], "control", "", ["get", "label"]],
        ],
        "text-font": [BOLD],
        "text-size": 13,
        "text-offset": [0, 1.2],
        "text-anchor": "top",
        "text-optional": true,
      },
      paint: { "text-color": INK.bright, "text-halo-color": INK.halo, "text-halo-width": 2 },
    },
    {
      id: "zone-label",
      type: "symbol",
      source: "plan-labels",
      layout: {
        "text-field": ["get", "label"],
        "text-font": [BOLD],
        "text-size": 13.5,
        "text-variable-anchor": ["left", "right", "bottom", "top"],
        "text-radial-offset": 0.6,
        "text-allow-overlap": false,
        "icon-allow-overlap": true,
        "symbol-sort-key": ["-", 0, ["get", "rank"]],
      },
      paint: { "text-color": INK.bright, "text-halo-color": INK.halo, "text-halo-width": 2.2 },
    },
    {
      id: "arrival",
      type: "symbol",
      source: "plan-arrivals",
      minzoom: 9.5,
      layout: {
        "text-field": ["get", "label"],
        "text-font": [REGULAR],
        "text-size": 12.5,
        "text-anchor": "top",
        "text-offset": [0, 1],
        "text-max-width": 10,
        "text-optional": true,
      },
      paint: { "text-color": INK.pale, "text-halo-color": INK.halo, "text-halo-width": 2 },
    },
  ];
}
