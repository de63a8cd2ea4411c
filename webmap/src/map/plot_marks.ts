/** What lies over the plots for a while: grips, the selection, ghosts, and whose work is new. */
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import { INK } from "../symbols/palette";
import { BOLD } from "./fonts";

const part = (name: string): ExpressionSpecification => ["==", ["get", "part"], name];

export function marks(source: string): LayerSpecification[] {
  const line = (
    name: string,
    colour: string,
    width: number,
    dash?: number[],
  ): LayerSpecification => ({
    id: `plots-${name}`,
    type: "line",
    source,
    filter: part(name),
    paint: {
      "line-color": colour,
      "line-width": width,
      ...(dash ? { "line-dasharray": dash } : {}),
    },
  });
  const ring = (name: string, colour: string, radius: number): LayerSpecification => ({
    id: `plots-${name}-ring`,
    type: "circle",
    source,
    filter: ["all", part(name), ["==", ["geometry-type"], "Point"]],
    paint: {
      "circle-radius": radius,
      "circle-opacity": 0,
      "circle-stroke-color": colour,
      "circle-stroke-width": 2.5,
    },
  });
  return [
    line("fresh", "#f472b6", 5),
    ring("fresh", "#f472b6", 22),
    line("halo", "#ffffff", 1.5, [2, 2]),
    ring("halo", "#ffffff", 21),
    line("ghost", "#f472b6", 2.5, [3, 2]),
    ring("ghost", "#f472b6", 17),
    {
      id: "plots-ghost-sign",
      type: "symbol",
      source,
      filter: part("ghost-sign"),
      layout: {
        "icon-image": ["get", "image"],
        "icon-size": 0.9,
        "icon-allow-overlap": true,
        "text-field": ["get", "label"],
        "text-font": [BOLD],
        "text-size": 12.5,
        "text-offset": [0, 1.6],
        "text-anchor": "top",
        "text-allow-overlap": true,
      },
      paint: {
        "icon-opacity": 0.55,
        "text-color": "#f9a8d4",
        "text-halo-color": INK.halo,
        "text-halo-width": 2,
      },
    },
    {
      id: "plots-author",
      type: "symbol",
      source,
      filter: part("author"),
      layout: {
        "text-field": ["get", "label"],
        "text-font": [BOLD],
        "text-size": 13,
        "text-offset": [0, -2.2],
        "text-allow-overlap": true,
      },
      paint: { "text-color": "#f9a8d4", "text-halo-color": INK.halo, "text-halo-width": 2 },
    },
    ...grip(source),
  ];
}

export function grip(source: string): LayerSpecification[] {
  return [
    {
      id: `${source}-grip`,
      type: "circle",
      source,
      filter: part("grip"),
      paint: {
        "circle-radius": [
          "match",
          ["get", "grip"],
          "middle",
          4,
          "snap",
          9,
          ["case", ["==", ["get", "active"], true], 9, 6.5],
        ],
        "circle-color": [
          "match",
          ["get", "grip"],
          "corner",
          ["case", ["==", ["get", "active"], true], "#fbbf77", "#ffffff"],
          "middle",
          "#8fa3bf",
          "snap",
          "rgba(0, 0, 0, 0)",
          INK.accent,
        ],
        "circle-stroke-color": ["match", ["get", "grip"], "snap", "#fbbf77", INK.halo],
        "circle-stroke-width": 2,
      },
    },
  ];
}
