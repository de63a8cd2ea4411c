/** Line icons, our own: a font of the machine may lack any sign but letters and numbers. */
import { svg, type TemplateResult } from "lit";

const icon = (body: TemplateResult): TemplateResult =>
  svg`<svg viewBox="0 0 24 24" width="22" height="22" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${body}</svg>`;

export const ICONS = {
  layers: icon(svg`<path d="M12 4l9 5-9 5-9-5zM4 14l8 4.5 8-4.5" />`),
  search: icon(svg`<circle cx="11" cy="11" r="6" /><path d="M15.5 15.500L20 20" />`),
  report: icon(
    svg`<path d="M12 3v9M12 17.500v.5" stroke-width="2.6" /><circle cx="12" cy="12" r="10" />`,
  ),
  duty: icon(svg`<circle cx="12" cy="12" r="8.500" /><path d="M12 7v5l3.500 2" />`),
  import: icon(svg`<path d="M12 4v11M7.5 10.500L12 15l4.5-4.500M4 18.500h16" />`),
  card: icon(svg`<rect x="4" y="5" width="16" height="14" rx="2" /><path d="M8 10h8M8 14h5" />`),
  query: icon(
    svg`<path d="M5 5h9l5 5-3 9H7l-4-7z" stroke-dasharray="3 2.500" /><circle cx="12" cy="12" r="2.200" />`,
  ),
  statistics: icon(svg`<path d="M4 20h16M7 20v-7M12 20V5M17 20v-10" />`),
  themes: icon(svg`<path d="M4 6l5-2 6 2 5-2v14l-5 2-6-2-5 2zM9 4v14M15 6v14" />`),
  quality: icon(
    svg`<path d="M12 3l8 3v6c0 4.500-3.200 7.500-8 9-4.800-1.500-8-4.500-8-9V6z" /><path d="M8.500 12l2.500 2.500 4.500-5" />`,
  ),
  roads: icon(svg`<path d="M8 3L4 21M16 3l4 18M12 4v3M12 10.500v3M12 17v3" />`),
  plot: icon(
    svg`<path d="M4 20l1-4.500L16.500 4l3.500 3.500L8.500 19zM14 6.500l3.500 3.500M13 20h7" />`,
  ),
  measure: icon(svg`<path d="M3.500 15.500l12-12 5 5-12 12zM7 12l2 2M10 9l3 3M13 6l2 2" />`),
  moving: icon(
    svg`<path d="M3 15.500V8h10v7.500M13 11h4l3.500 3v1.500M3 15.500h1.500M9 15.500h5.500M18.800 15.500h1.700" /><circle cx="6.800" cy="16.500" r="2" /><circle cx="16.700" cy="16.500" r="2" />`,
  ),
  pack: icon(svg`<path d="M4 8l8-4 8 4v9l-8 4-8-4zM4 8l8 4 8-4M12 12v9" />`),
  here: icon(svg`<circle cx="12" cy="12" r="4" /><path d="M12 2v4M12 18v4M2 12h4M18 12h4" />`),
  down: icon(svg`<path d="M5 9l7 7 7-7" />`),
  wall: icon(svg`<path d="M3 5h18v11H3zM12 16v4M8 20h8" />`),
  fit: icon(svg`<path d="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5" />`),
  close: icon(svg`<path d="M6 6l12 12M18 6L6 18" />`),
  print: icon(svg`<path d="M7 9V3.500h10V9M7 17.500H4V9h16v8.500h-3M7 14h10v6.500H7z" />`),
  undo: icon(svg`<path d="M8.500 5L4 9.500L8.500 14M4 9.500h10a5.500 5.500 0 0 1 0 11h-5" />`),
  redo: icon(svg`<path d="M15.500 5L20 9.500L15.500 14M20 9.500h-10a5.500 5.500 0 0 0 0 11h5" />`),
  plus: icon(svg`<path d="M12 5v14M5 12h14" />`),
  minus: icon(svg`<path d="M5 12h14" />`),
} as const;
