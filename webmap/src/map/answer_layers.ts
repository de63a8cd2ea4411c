/** How answers about roads look: ways, how far one comes, what one cut isolates, where to stand. */
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import { INK } from "../symbols/palette";
import { BOLD } from "./fonts";

const SOURCE = "answer";
const role = (...names: string[]): ExpressionSpecification => [
  "in",
  ["get", "role"],
  ["literal", names],
];
/** Bands of time, near to far: one hue that fades, never a colour that means a level. */
const band: ExpressionSpecification = [
  "match",
  ["get", "band"],
  0,
  "#a5f3fc",
  1,
  "#38bdf8",
  2,
  "#2563a8",
  3,
  "#274472",
  "#3a3f63",
];
const round = { "line-cap": "round", "line-join": "round" } as const;

export function answerLayers(): LayerSpecification[] {
  return [...areas(), ...lines()];
}

function areas(): LayerSpecification[] {
  return [
    {
      id: "answer-reach",
      type: "fill",
      source: SOURCE,
      filter: role("reach"),
      layout: { "fill-sort-key": ["-", 0, ["get", "band"]] },
      paint: { "fill-color": band, "fill-opacity": 0.24 },
    },
    {
      id: "answer-reach-edge",
      type: "line",
      source: SOURCE,
      filter: role("reach"),
      paint: { "line-color": band, "line-width": 1.8 },
    },
    {
      id: "answer-beyond",
      type: "fill",
      source: SOURCE,
      filter: role("beyond", "isolated"),
      paint: { "fill-pattern": "hatch-beyond" },
    },
    {
      id: "answer-beyond-edge",
      type: "line",
      source: SOURCE,
      filter: ["all", role("isolated"), ["==", ["geometry-type"], "Polygon"]],
      paint: { "line-color": INK.place, "line-width": 1.5, "line-dasharray": [3, 2] },
    },
  ];
}

function lines(): LayerSpecification[] {
  return [
    {
      id: "answer-road",
      type: "line",
      source: SOURCE,
      filter: role("reach-line"),
      layout: round,
      paint: {
        "line-color": band,
        "line-width": ["interpolate", ["linear"], ["zoom"], 10, 1, 16, 4],
      },
    },
    {
      id: "answer-other-casing",
      type: "line",
      source: SOURCE,
      filter: role("other"),
      layout: round,
      paint: { "line-color": INK.halo, "line-width": 7, "line-opacity": 0.8 },
    },
    {
      id: "answer-other",
      type: "line",
      source: SOURCE,
      filter: role("other"),
      layout: round,
      paint: { "line-color": INK.other, "line-width": 4, "line-dasharray": [2, 1.4] },
    },
    {
      id: "answer-way-casing",
      type: "line",
      source: SOURCE,
      filter: role("way", "track", "cut", "leave"),
      layout: round,
      paint: { "line-color": INK.halo, "line-width": 10, "line-opacity": 0.9 },
    },
    {
      id: "answer-leave",
      type: "line",
      source: SOURCE,
      filter: role("leave"),
      layout: round,
      paint: { "line-color": INK.good, "line-width": 4 },
    },
    {
      id: "answer-way",
      type: "line",
      source: SOURCE,
      filter: role("way"),
      layout: round,
      paint: { "line-color": INK.bright, "line-width": 6 },
    },
    {
      id: "answer-track",
      type: "line",
      source: SOURCE,
      filter: role("track"),
      layout: round,
      paint: { "line-color": INK.target, "line-width": 4 },
    },
    {
      id: "answer-cut",
      type: "line",
      source: SOURCE,
      filter: role("cut"),
      paint: { "line-color": "#f5d0fe", "line-width": 6 },
    },
    {
      id: "answer-arrow",
      type: "symbol",
      source: SOURCE,
      filter: role("way", "track", "leave"),
      minzoom: 12,
      layout: {
        "symbol-placement": "line",
        "icon-image": "route-arrow",
        "icon-size": 0.6,
        "symbol-spacing": 90,
        "icon-allow-overlap": true,
        "icon-ignore-placement": true,
      },
    },
  ];
}

/** Over the symbols: the ends of a way, posts, and what is written on a band's edge. */
export function answerLabels(): LayerSpecification[] {
  return [
    {
      id: "answer-point",
      type: "symbol",
      source: SOURCE,
      filter: ["all", ["has", "icon"], ["==", ["geometry-type"], "Point"]],
      layout: {
        "icon-image": ["get", "icon"],
        "icon-size": ["interpolate", ["linear"], ["zoom"], 9, 0.7, 14, 1.1],
        "icon-allow-overlap": true,
        "text-field": ["get", "label"],
        "text-font": [BOLD],
        "text-size": 13,
        "text-offset": [0, 1.2],
        "text-anchor": "top",
        "text-optional": true,
      },
      paint: { "text-color": INK.bright, "text-halo-color": INK.halo, "text-halo-width": 2 },
    },
    {
      id: "answer-label",
      type: "symbol",
      source: SOURCE,
      filter: ["all", ["has", "label"], ["!=", ["geometry-type"], "Point"]],
      layout: {
        "symbol-placement": "line",
        "text-field": ["get", "label"],
        "text-font": [BOLD],
        "text-size": 13,
        "symbol-spacing": 500,
      },
      paint: { "text-color": INK.bright, "text-halo-color": INK.halo, "text-halo-width": 2.2 },
    },
  ];
}
