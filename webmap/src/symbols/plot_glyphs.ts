/**
 * Signs that officers set on the map: our own drawings on a 24 px grid, by class and code.
 *
 * The classes (point signs of events, hazards, forces, actions and facilities) follow the idea of
 * GB/T 35649-2017; its tables of signs and codes were not at hand, so the codes are ours.
 * A drawing is one path of strokes and, where it has one, a filled path. The server draws the same
 * ones from the same table.
 */
import table from "../../../gis_server/plot_glyphs.json";

export const GLYPH_CLASSES = ["event", "hazard", "force", "action", "facility"] as const;
export type GlyphClass = (typeof GLYPH_CLASSES)[number];

export interface Glyph {
  name: string;
  class: GlyphClass;
  /** The class's number and two digits: "301". */
  code: string;
  lines: string;
  filled: string;
}

export const GLYPHS: readonly Glyph[] = GLYPH_CLASSES.flatMap((name, number) =>
  table.glyphs[name].map(
    ([glyph = "", lines = "", filled = ""], at): Glyph => ({
      name: glyph,
      class: name,
      code: String((number + 1) * 100 + at + 1),
      lines,
      filled,
    }),
  ),
);

const BY_NAME = new Map(GLYPHS.map((glyph) => [glyph.name, glyph]));
export const glyphNamed = (name: string): Glyph | null => BY_NAME.get(name) ?? null;
