/** Small drawings of the kinds of plots, for tools and lists. */
import { html, svg, type TemplateResult } from "lit";
import type { Plot } from "../api/plots";
import type { Tool } from "../store/plot_state";
import { signUri } from "../symbols/plot_signs";

const PATHS: Readonly<Record<Tool, string>> = {
  select: "M6 4l12 8-5.500 1-2.500 6z",
  point:
    "M12 21c-4.300-5-6.500-8-6.500-11a6.500 6.500 0 0 1 13 0c0 3-2.200 6-6.500 11zM12 8v4M10 10h4",
  line: "M4 18l6-9 4 5 6-10",
  polygon: "M5 8l8-4 7 6-3 9-10 1z",
  circle: "M12 4a8 8 0 1 0 .01 0zM12 12h8",
  sector: "M5 19L19 12A14 14 0 0 0 8 4z",
  rectangle: "M4 6.500h16v11H4z",
  text: "M5 6V4.500h14V6M12 4.500v15M9 19.500h6",
  dimension: "M4 8v8M20 8v8M4 12h16M7 9.500L4 12l3 2.500M17 9.500l3 2.500-3 2.500",
  arrow: "M4 20L18 6M11 5.500h7.500V13",
  curved_arrow: "M4 18c1-9 7-11 15-10M14.500 4L19 8l-4 4.500",
  attack_arrow: "M3 19l7-8-2-2 11-5-4 11.500-2-2-6 7z",
  evacuation: "M3 12h13M12 7l5 5-5 5M20 5v14",
  cordon: "M12 4a8 8 0 1 0 .01 0zM8 9.500l8 8M8 14l3.500 3.500M12 9l4.500 4.500",
  roadblock: "M3 9h18v6H3zM6.500 15l4-6M11.500 15l4-6M16.500 15l3-5M6 15v4M18 15v4",
};

export const kindIcon = (kind: Tool, size = 22): TemplateResult =>
  html`<svg viewBox="0 0 24 24" width=${size} height=${size} fill="none" stroke="currentColor" stroke-width="1.700" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${svg`<path d=${PATHS[kind]} />`}</svg>`;

/** The sign of a point as the map shows it, else the drawing of its kind. */
export function plotIcon({ kind, properties }: Plot): TemplateResult {
  const { symbol, colour } = properties;
  if (kind !== "point") return kindIcon(kind, 20);
  const uri = signUri(String(symbol ?? ""), typeof colour === "string" ? colour : null, 22);
  return html`<img class="symbol" alt="" width="22" height="22" src=${uri} />`;
}
