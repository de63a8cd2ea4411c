/** A sign as an image: the glyph of its kind in the frame of its class, in a colour that is chosen. */
import table from "../../../gis_server/plot_glyphs.json";
import { type Glyph, type GlyphClass, glyphNamed } from "./plot_glyphs";

/** Told apart without their colour: each class has a frame of its own, and fits its glyphs in it. */
const CLASSES: Readonly<Record<GlyphClass, Look>> = table.classes;
interface Look {
  colour: string;
  frame: string;
  fit: string;
}

const HEX = /^#[0-9a-f]{6}$/i;

/** Dark on a light ground and light on a dark one (relative luminance, WCAG 2.1). */
export function inkOn(colour: string): string {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.3 ? "#0b1220" : "#ffffff";
}

export function signSvg(name: string, colour: string | null, size: number): string {
  const glyph = glyphNamed(name);
  const fill =
    colour && HEX.test(colour) ? colour : glyph ? CLASSES[glyph.class].colour : "#38bdf8";
  const body = glyph ? framed(glyph, fill) : dot(fill);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 -1 26 26" width="${size}" height="${size}">${body}</svg>`;
}

function framed(glyph: Glyph, fill: string): string {
  const ink = inkOn(fill);
  const { frame, fit } = CLASSES[glyph.class];
  const lines = glyph.lines
    ? `<path d="${glyph.lines}" fill="none" stroke="${ink}" stroke-width="1.900" stroke-linecap="round" stroke-linejoin="round"/>`
    : "";
  const filled = glyph.filled
    ? `<path d="${glyph.filled}" fill="${ink}" fill-rule="evenodd"/>`
    : "";
  return `<g fill="${fill}" stroke="#ffffff" stroke-width="1.300" stroke-linejoin="round">${frame}</g><g transform="${fit}">${lines}${filled}</g>`;
}

const dot = (fill: string): string =>
  `<circle cx="12" cy="12" r="7" fill="${fill}" stroke="#ffffff" stroke-width="1.500"/>`;

export function signUri(name: string, colour: string | null, size: number): string {
  return uri(signSvg(name, colour, size));
}

const uri = (svg: string): string => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;

/** What a line ends in, drawn as if it went north. */
const ENDS: Readonly<Record<string, string>> = {
  bar: "M4 12h16",
  head: "M12 2L21 19.500 12 15 3 19.500z",
};

export const endImage = (end: string, colour: string): string =>
  `plot-end-${end}-${HEX.test(colour) ? colour.slice(1) : "ffffff"}`;

export function endUri(image: string, size: number): string | null {
  const match = /^plot-end-([a-z]+)-([0-9a-f]{6})$/i.exec(image);
  const path = ENDS[match?.[1] ?? ""];
  if (!path) return null;
  const fill = `#${match?.[2]}`;
  return uri(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="${size}" height="${size}"><path d="${path}" fill="${fill}" stroke="${fill}" stroke-width="2.500" stroke-linejoin="round" stroke-linecap="round"/></svg>`,
  );
}

/** The name under which the map holds the image: `plot-<symbol>-<rrggbb>`, or without a colour. */
export function signImage(name: string, colour: string | null): string {
  const plain = glyphNamed(name) ? name : "dot";
  return colour && HEX.test(colour) ? `plot-${plain}-${colour.slice(1)}` : `plot-${plain}-own`;
}

/** Read such a name again; null where it is another image's. */
export function readSignImage(image: string): { name: string; colour: string | null } | null {
  const match = /^plot-([a-z_]+)-([0-9a-f]{6}|own)$/i.exec(image);
  if (!match?.[1] || !match[2]) return null;
  return { name: match[1], colour: match[2] === "own" ? null : `#${match[2]}` };
}
