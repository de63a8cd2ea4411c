/** The map's own symbols on a 24 px grid, as data; they are turned into images at load. */
import { INVENTORY } from "./inventory";
import { MOVING } from "./moving";
import { GRADE_COLOUR, INK } from "./palette";

type Glyphs = Readonly<Record<string, string>>;

const stroke = (colour: string, width = 1.7): string =>
  `fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"`;

/** What is inside a shield, square or triangle: a few strokes around (12, 12). */
const GLYPH: Glyphs = {
  fire: '<path d="M12 6.6c.6 2-2.9 3.4-2.9 6.4a2.9 2.9 0 0 0 5.8 0c0-1.2-.6-2-1-2.7-.3.8-.8 1.1-1.2 1.2.5-1.8-.1-3.7-.7-4.900z" fill="G"/>',
  cross:
    '<path d="M10.7 7.500h2.600v3.200h3.200v2.600h-3.200v3.200h-2.600v-3.200H7.500v-2.600h3.200z" fill="G"/>',
  pick: '<path d="M7.5 9.500c3-2.4 6-2.4 9 0M12 8v8.5" stroke="G" fill="none" stroke-width="1.7" stroke-linecap="round"/>',
  flask:
    '<path d="M10.7 7v3.300l-3 5a1 1 0 0 0 .9 1.500h6.800a1 1 0 0 0 .9-1.500l-3-5V7M9.8 7h4.4" stroke="G" fill="none" stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round"/>',
  wave: '<path d="M7 10.500c1.7-1.7 3.3 1.7 5 0s3.3 1.7 5 0M7 14.200c1.7-1.7 3.3 1.7 5 0s3.3 1.7 5 0" stroke="G" fill="none" stroke-width="1.6" stroke-linecap="round"/>',
  tree: '<path d="M12 6.500l3.7 6H8.300zM12 12.500V17" stroke="G" fill="G" stroke-width="1.3" stroke-linejoin="round"/>',
  crack:
    '<path d="M7 12h2.500l1.5-3 2 6 1.5-3H17" stroke="G" fill="none" stroke-width="1.6" stroke-linejoin="round" stroke-linecap="round"/>',
  star: '<path d="M12 7l1.5 3.2 3.5.4-2.6 2.3.7 3.500L12 14.700l-3.1 1.7.7-3.500L7 10.600l3.5-.4z" fill="G"/>',
  people:
    '<circle cx="12" cy="9.3" r="2" fill="G"/><path d="M8.2 16.500c0-4.6 7.6-4.6 7.6 0z" fill="G"/>',
  book: '<path d="M7.5 8.300c1.8-.6 3.2-.4 4.5.7 1.3-1.1 2.7-1.3 4.5-.7v7c-1.8-.6-3.2-.4-4.5.7-1.3-1.1-2.7-1.3-4.5-.7zM12 9v7" stroke="G" fill="none" stroke-width="1.3" stroke-linejoin="round"/>',
  house:
    '<path d="M7.3 11.700L12 7.700l4.7 4M8.7 11v5.300h6.600V11" stroke="G" fill="none" stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round"/>',
  chair:
    '<path d="M9.2 7.500v8.800M9.2 12.200h5.300v4.100M9.2 9.500l3-1" stroke="G" fill="none" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/>',
  cart: '<path d="M7 8.200h1.700l1.2 5.600h5.600l1.2-4.200H9.3" stroke="G" fill="none" stroke-width="1.4" stroke-linejoin="round"/><circle cx="10.5" cy="16" r="1" fill="G"/><circle cx="15" cy="16" r="1" fill="G"/>',
  train:
    '<path d="M9 7.300h6v6.900H9zM9 11h6M9.8 16.500l1-2M14.2 16.500l-1-2" stroke="G" fill="none" stroke-width="1.4" stroke-linejoin="round"/>',
  dot: '<circle cx="12" cy="12" r="2.3" fill="G"/>',
  bang: '<path d="M12 7.700v5" stroke="G" stroke-width="2" stroke-linecap="round"/><circle cx="12" cy="16" r="1.2" fill="G"/>',
};

const shield = (colour: string, glyph: string): string =>
  `<path d="M12 2.300l8 2.700v6.300c0 5-3.3 8.3-8 10.4-4.7-2.1-8-5.4-8-10.400V5z" fill="#10253f" stroke="${colour}" stroke-width="1.6"/>${glyph.replaceAll("G", colour)}`;
const square = (colour: string, glyph: string): string =>
  `<rect x="3.5" y="3.5" width="17" height="17" rx="4" fill="#1d1b38" stroke="${colour}" stroke-width="1.5"/>${glyph.replaceAll("G", colour)}`;
const triangle = (colour: string, glyph: string): string =>
  `<path d="M12 3l9.5 17h-19z" fill="#20232f" stroke="${colour}" stroke-width="1.6" stroke-linejoin="round"/><g transform="translate(0 1.8)">${glyph.replaceAll("G", colour)}</g>`;
const disc = (colour: string, glyph: string): string =>
  `<circle cx="12" cy="12" r="8.8" fill="#0e2a2a" stroke="${colour}" stroke-width="1.6"/>${glyph.replaceAll("G", colour)}`;

const numeral: Glyphs = { "1": "Ⅰ", "2": "Ⅱ", "3": "Ⅲ", "4": "Ⅳ" };
/** Numerals as strokes: an SVG image may not use the page's fonts. */
const BARS: Glyphs = {
  "1": "M12 8.700v6.6",
  "2": "M10.4 8.700v6.600M13.6 8.700v6.6",
  "3": "M9.2 8.700v6.600M12 8.700v6.600M14.8 8.700v6.6",
  "4": "M9.3 8.700v6.600M11.5 8.700l1.7 6.6 1.9-6.6",
};

function diamond(grade: string | null, hollow: boolean): string {
  const colour = grade ? (GRADE_COLOUR[grade] ?? INK.plant) : INK.plant;
  const dark = grade === "2" || grade === "3" ? "#1a1200" : "#ffffff";
  const fill = hollow || !grade ? "#141c2e" : colour;
  const mark = grade
    ? `<path d="${BARS[grade]}" ${stroke(hollow ? colour : dark, 1.6)}/>`
    : GLYPH.dot?.replaceAll("G", colour);
  const dash = hollow ? ' stroke-dasharray="2.5 2"' : "";
  return `<path d="M12 1.900L22.1 12 12 22.1 1.9 12z" fill="${fill}" stroke="${hollow || !grade ? colour : "#0b1220"}" stroke-width="1.5"${dash}/>${mark}`;
}

function plant(hollow: boolean): string {
  const dash = hollow ? ' stroke-dasharray="2.5 2"' : "";
  return `<path d="M3.5 20.500V10.300l5.3 3.400v-3.400l5.3 3.400V4.500h4.400l2 16z" fill="#19253b" stroke="${INK.plant}" stroke-width="1.5" stroke-linejoin="round"${dash}/>`;
}

const TEAM: Glyphs = {
  fire: "fire",
  medical: "cross",
  mine: "pick",
  chemical: "flask",
  flood: "wave",
  forest: "tree",
  earthquake: "crack",
  police: "star",
  volunteer: "people",
  other: "dot",
};
const TARGET: Glyphs = {
  school: "book",
  kindergarten: "book",
  university: "book",
  nursing_home: "chair",
  hospital: "cross",
  housing: "house",
  village: "house",
  market: "cart",
  station: "train",
  office: "people",
  worship: "people",
  other: "dot",
};
const RESOURCE: Glyphs = {
  hospital: GLYPH.cross ?? "",
  clinic: GLYPH.cross ?? "",
  shelter:
    '<path d="M6.5 12L12 7.200l5.5 4.8" stroke="G" fill="none" stroke-width="1.6" stroke-linecap="round"/><circle cx="12" cy="12.6" r="1.5" fill="G"/><path d="M9.3 17c0-3.2 5.4-3.2 5.4 0z" fill="G"/>',
  depot:
    '<path d="M7.5 9.300L12 7l4.5 2.300v5.400L12 17l-4.5-2.300zM7.5 9.300l4.5 2.3 4.5-2.300M12 11.600V17" stroke="G" fill="none" stroke-width="1.3" stroke-linejoin="round"/>',
  equipment:
    '<path d="M8 16l5-5M12.3 8.200a3 3 0 0 1 3.5 3.600l-2.2-.5-.8-.9z" stroke="G" fill="none" stroke-width="1.6" stroke-linejoin="round" stroke-linecap="round"/>',
  other: GLYPH.dot ?? "",
};
const DISASTER: Glyphs = {
  landslide: "crack",
  flood: "wave",
  fire: "fire",
  leak: "flask",
  debris_flow: "wave",
  earthquake: "crack",
};
const ROLE: Glyphs = {
  staging:
    '<path d="M9 16.500V7.500M9 7.500h6.500l-1.7 2.3 1.7 2.300H9" fill="none" stroke="G" stroke-width="1.7" stroke-linejoin="round"/>',
  command: GLYPH.star ?? "",
  decon:
    '<path d="M12 6.800c2.7 3.3 3.8 4.9 3.8 6.500a3.8 3.8 0 0 1-7.6 0c0-1.6 1.1-3.2 3.8-6.500z" fill="none" stroke="G" stroke-width="1.6"/>',
  triage: GLYPH.cross ?? "",
  assembly: GLYPH.people ?? "",
  approach:
    '<path d="M12 16.500v-9M8.3 11L12 7.300l3.7 3.7" fill="none" stroke="G" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/>',
};

const swatch = (fill: string, line: string): string =>
  `<rect x="4" y="4" width="16" height="16" rx="3" fill="${fill}" stroke="${line}" stroke-width="1.5"/>`;

const badge = (glyph: string): string =>
  `<circle cx="12" cy="12" r="9.6" fill="#f1f5fb" stroke="#0b1220" stroke-width="1.5"/>${glyph.replaceAll("G", "#0b1220")}`;

const BARRIER =
  '<rect x="2.5" y="8.3" width="19" height="7.4" rx="1.5" fill="#f1f5fb" stroke="#0b1220" stroke-width="1.3"/><path d="M6 15.500l4-7M11 15.500l4-7M16 15.500l4-7" stroke="#b91c26" stroke-width="2.6"/>';

function entries(
  prefix: string,
  table: Glyphs,
  draw: (glyph: string) => string,
  named = true,
): [string, string][] {
  return Object.entries(table).map(([key, glyph]) => [
    `${prefix}-${key}`,
    draw(named ? (GLYPH[glyph] ?? "") : glyph),
  ]);
}

/** Every symbol by its image name: `<layer>`, `<layer>-<kind>`, `hazard_source-<grade>`, `role-<role>`. */
export const SYMBOLS: ReadonlyMap<string, string> = new Map<string, string>([
  ["enterprise", plant(false)],
  ["enterprise-candidate", plant(true)],
  ["hazard_source", diamond(null, false)],
  ["hazard_source-candidate", diamond(null, true)],
  ...Object.keys(numeral).map((grade): [string, string] => [
    `hazard_source-${grade}`,
    diamond(grade, false),
  ]),
  ["team", shield(INK.accent, GLYPH.dot ?? "")],
  ...entries("team", TEAM, (glyph) => shield(INK.accent, glyph)),
  ["resource", disc(INK.good, GLYPH.dot ?? "")],
  ...entries("resource", RESOURCE, (glyph) => disc(INK.good, glyph), false),
  ["protection_target", square(INK.target, GLYPH.dot ?? "")],
  ...entries("protection_target", TARGET, (glyph) => square(INK.target, glyph)),
  ["disaster_point", triangle("#e8d9c5", GLYPH.bang ?? "")],
  ...entries("disaster_point", DISASTER, (glyph) => triangle("#e8d9c5", glyph)),
  [
    "fire_water",
    `<circle cx="12" cy="12" r="7" fill="#0c2740" stroke="${INK.water_source}" stroke-width="1.5"/><path d="M12 8c1.8 2.2 2.5 3.3 2.5 4.400a2.5 2.5 0 0 1-5 0C9.5 11.3 10.2 10.2 12 8z" fill="${INK.water_source}"/>`,
  ],
  [
    "weather_station",
    `<circle cx="12" cy="12" r="7.5" fill="#122036" stroke="${INK.text}" stroke-width="1.5"/><path d="M12 15.500V8.500M12 8.500l3.5 1.300L12 11.2" ${stroke(INK.text, 1.4)}/>`,
  ],
  [
    "incident",
    `<circle cx="12" cy="12" r="8.5" fill="#f1f5fb" stroke="${GRADE_COLOUR["1"]}" stroke-width="3"/><path d="M12 7.500v5.5" stroke="#0b1220" stroke-width="2.2" stroke-linecap="round"/><circle cx="12" cy="16.2" r="1.3" fill="#0b1220"/>`,
  ],
  ["water", swatch(INK.water, INK.waterLine)],
  ["land_use", swatch(INK.green, "#1d3a34")],
  ["building", swatch(INK.building, "#34466a")],
  ["road", `<path d="M3 19C9 17 9 7 21 5" ${stroke(INK.roadTop, 3)}/>`],
  ["railway", `<path d="M3 19C9 17 9 7 21 5" ${stroke(INK.label, 2)} stroke-dasharray="4 3"/>`],
  [
    "region",
    `<path d="M4 7l7-3 9 4-2 10-8 3-6-5z" ${stroke(INK.border, 1.6)} stroke-dasharray="4 2.5"/>`,
  ],
  ["place", `<path d="M5 17L12 5l7 12M8 13h8" ${stroke(INK.label, 1.8)}/>`],
  [
    "feature",
    `<circle cx="12" cy="12" r="5" fill="#122036" stroke="${INK.text}" stroke-width="1.6"/>`,
  ],
  ...entries("role", ROLE, badge, false),
  ["role-control", BARRIER],
  ...INVENTORY,
  ...MOVING,
  ["route-arrow", `<path d="M8 6l7 6-7 6" ${stroke("#0b1220", 3.2)}/>`],
]);

function svg(name: string, size: number): string {
  const body = SYMBOLS.get(name) ?? SYMBOLS.get("feature") ?? "";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="${size}" height="${size}">${body}</svg>`;
}

/** All symbols as one document, each to be used by `prefix` and its name. */
export function sheetOf(prefix: string): string {
  const cells = [...SYMBOLS].map(
    ([name, body]) => `<symbol id="${prefix}${name}" viewBox="0 0 24 24">${body}</symbol>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" class="symbol-sheet" aria-hidden="true">${cells.join("")}</svg>`;
}

/** Symbols in rows on one sheet, each in a square of its own that cuts what hangs over. */
export function sheetUri(names: readonly string[], columns: number, size: number): string {
  const cells = names.map((name, index) => {
    const [x, y] = [(index % columns) * size, Math.floor(index / columns) * size];
    return svg(name, size).replace("<svg ", `<svg x="${x}" y="${y}" `);
  });
  const side = columns * size;
  const sheet = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}">${cells.join("")}</svg>`;
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(sheet)}`;
}

/** The symbol for a feature: its kind's or grade's, else its layer's. */
export function symbolName(layer: string, key?: string | null): string {
  if (key && SYMBOLS.has(`${layer}-${key}`)) return `${layer}-${key}`;
  return SYMBOLS.has(layer) ? layer : "feature";
}
