/** The page's own font files, named for MapLibre, which then needs no glyph server. */
import type { StyleSpecification } from "maplibre-gl";

type FontFaces = NonNullable<StyleSpecification["font-faces"]>;

export const REGULAR = "Noto Sans SC";
export const BOLD = "Noto Sans SC Bold";

/** Read the `@font-face` rules of the page's style sheets (all of our own origin). */
export function fontFaces(sheets: Iterable<CSSStyleSheet>): FontFaces {
  const faces: Record<string, { url: string; "unicode-range": string[] }[]> = {};
  for (const sheet of sheets) {
    for (const rule of sheet.cssRules) {
      if (!(rule instanceof CSSFontFaceRule)) continue;
      const family = rule.style.getPropertyValue("font-family").replaceAll(/["']/g, "");
      const url = /url\(["']?([^"')]+)["']?\)/.exec(rule.style.getPropertyValue("src"))?.[1];
      if (family !== REGULAR || !url) continue;
      const name = Number(rule.style.getPropertyValue("font-weight")) >= 600 ? BOLD : REGULAR;
      const ranges = rule.style
        .getPropertyValue("unicode-range")
        .split(",")
        .map((range) => range.trim())
        .filter(Boolean);
      const face = { url: new URL(url, sheet.href ?? location.href).href, "unicode-range": ranges };
      faces[name] = [...(faces[name] ?? []), face];
    }
  }
  return faces as FontFaces;
}
