/** The signs of plots as images of the map, each drawn when it is first asked for. */
import type { Map as GlMap } from "maplibre-gl";
import { endUri, readSignImage, signUri } from "../symbols/plot_signs";
import { drawn, giveAlso, RATIO } from "./images";

const SIDE = 32;
const END_SIDE = 20;
/** A chevron points along an evacuation line; a crosshair is where keys draw. */
const MARKS: Readonly<Record<string, { side: number; body: string }>> = {
  "plot-chevron": {
    side: 14,
    body: '<path d="M7 5l8 7-8 7" fill="none" stroke="#06281b" stroke-width="3.200" stroke-linecap="round" stroke-linejoin="round"/>',
  },
  "plot-crosshair": {
    side: 28,
    body: '<g fill="none" stroke="#fbbf77" stroke-width="2"><circle cx="12" cy="12" r="6"/><path d="M12 1v7M12 16v7M1 12h7M16 12h7"/></g>',
  },
};

const uriOf = (body: string, side: number): string =>
  `data:image/svg+xml;charset=utf-8,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="${side}" height="${side}">${body}</svg>`,
  )}`;

export function givePlotImages(gl: GlMap): void {
  giveAlso(gl, (id) => {
    const mark = MARKS[id];
    const sign = readSignImage(id);
    const end = endUri(id, END_SIDE * RATIO);
    if (end) return drawn(end, END_SIDE);
    if (mark) return drawn(uriOf(mark.body, mark.side * RATIO), mark.side);
    return sign ? drawn(signUri(sign.name, sign.colour, SIDE * RATIO), SIDE) : null;
  });
}
