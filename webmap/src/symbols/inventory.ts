/** Symbols of what else is on record: tanks, parks, slopes, waters, dams, the past, cameras. */
import { INK } from "./palette";

type Glyphs = Readonly<Record<string, string>>;

/** Colours that no level and no other group has. */
const EARTH = "#c9a27a";
const LEAF = "#5eead4";
const PAST = INK.muted;

const line = (width = 1.6): string =>
  `stroke="G" fill="none" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"`;

const GLYPH: Glyphs = {
  slope: `<path d="M7 16.500h10L10 8.500M12.500 9l2.300 2.600M15.300 8.500l1.500 1.700" ${line(1.5)}/>`,
  rocks: `<path d="M7.500 7v9.500H17M10 8l2 2.500M12.500 12l1.500 1.800" ${line(1.4)}/><circle cx="13.300" cy="10.800" r="1.200" fill="G"/><circle cx="15.600" cy="14.300" r="1.500" fill="G"/>`,
  flow: `<path d="M8 8c0 3 3 3 3 5.500S14 16 14 16.500M12 7.500c0 3 3.500 3 3.500 6M7.300 12.500c0 2 1.500 2.300 1.700 4" ${line(1.4)}/>`,
  sink: `<path d="M6.500 9.500H9l1.200 5h3.600l1.200-5h2.500M12 8v3.500M10.800 10.500L12 11.800l1.200-1.300" ${line(1.4)}/>`,
  fissure: `<path d="M12.500 7l-2 3.300 2.500 1.500-2.500 2.400 1.300 2.500M6.800 12h1.500M15.700 12h1.500" ${line(1.5)}/>`,
  wave: `<path d="M7 10.500c1.700-1.700 3.300 1.700 5 0s3.300 1.700 5 0M7 14.200c1.700-1.700 3.300 1.700 5 0s3.300 1.700 5 0" ${line()}/>`,
  drop: '<path d="M12 7c2.500 3 3.500 4.600 3.500 6a3.500 3.500 0 0 1-7 0c0-1.400 1-3 3.500-6z" fill="G"/>',
  leaf: `<path d="M8 16.500c0-6 3-8.800 8.500-9 0 5.500-2.500 8.500-7.200 8M8 16.500c1.500-2.500 3-4.300 5-5.500" ${line(1.4)}/>`,
  reed: `<path d="M9 16.500V9.800M12 16.500V7.500M15 16.500v-5.700M7 16.500h10" ${line(1.5)}/>`,
  peak: `<path d="M6.500 16l4-7.500 2.500 4.300 1.500-2 3 5.200z" ${line(1.4)}/>`,
  shore: `<path d="M7 14.500c1.700-1.700 3.300 1.700 5 0s3.300 1.700 5 0M8 11.500c2-4 6-4 8 0" ${line()}/>`,
  dot: '<circle cx="12" cy="12" r="2.300" fill="G"/>',
  dike: `<path d="M6.500 15.500l3.500-6h4l3.500 6zM5.500 15.500h13" ${line(1.5)}/>`,
  gate: `<path d="M7.500 16.500V8M16.500 16.500V8M7.500 8h9M9.500 11.500h5M9.500 14h5" ${line(1.5)}/>`,
  pump: `<circle cx="12" cy="12.300" r="3.500" ${line(1.5)}/><path d="M12 12.300V7.500h4.500" ${line(1.5)}/>`,
  basin: `<path d="M6.500 9v6.500h11V9M7.500 12.500c1.500-1.300 3 1.300 4.500 0s3 1.300 4.500 0" ${line(1.5)}/>`,
  bang: '<path d="M12 7.500v5.200" stroke="G" stroke-width="2" stroke-linecap="round"/><circle cx="12" cy="16" r="1.200" fill="G"/>',
  fire: '<path d="M12 6.600c.6 2-2.900 3.400-2.900 6.400a2.900 2.900 0 0 0 5.800 0c0-1.200-.6-2-1-2.700-.3.8-.8 1.100-1.200 1.200.5-1.800-.1-3.700-.7-4.900z" fill="G"/>',
  flask: `<path d="M10.700 7v3.300l-3 5a1 1 0 0 0 .9 1.500h6.800a1 1 0 0 0 .9-1.500l-3-5V7M9.800 7h4.400" ${line(1.5)}/>`,
  burst:
    '<path d="M12 6.500l1.200 3.200 3.300-1-1.600 3 2.600 2-3.300.4.300 3.400L12 15.100l-2.500 2.400.3-3.400-3.300-.4 2.600-2-1.600-3 3.300 1z" fill="G"/>',
  truck: `<path d="M6.500 9h6.500v5.500H6.500zM13 11h2.500l2 2v1.500H13" ${line(1.4)}/><circle cx="9" cy="15.700" r="1.200" fill="G"/><circle cx="15" cy="15.700" r="1.200" fill="G"/>`,
  antenna: `<path d="M12 10.500v6.500M9.500 17h5M9.300 12.500a4 4 0 0 1 0-5M14.700 12.500a4 4 0 0 0 0-5" ${line(1.5)}/><circle cx="12" cy="10" r="1.300" fill="G"/>`,
};

const inked = (glyph: string, colour: string): string =>
  (GLYPH[glyph] ?? "").replaceAll("G", colour);

/** A triangle on its point would be a sign of traffic: a hidden danger has a dashed edge instead. */
const danger = (glyph: string): string =>
  `<path d="M12 3l9.500 17h-19z" fill="#241d17" stroke="${EARTH}" stroke-width="1.600" stroke-linejoin="round" stroke-dasharray="3 1.600"/><g transform="translate(2.600 4.600) scale(.78)">${inked(glyph, EARTH)}</g>`;
const nature = (glyph: string): string =>
  `<path d="M12 2.800l8 4.600v9.200l-8 4.600-8-4.600V7.400z" fill="#0b2a2b" stroke="${LEAF}" stroke-width="1.500" stroke-linejoin="round"/>${inked(glyph, LEAF)}`;
const work = (glyph: string): string =>
  `<rect x="3.500" y="5" width="17" height="14" rx="2.500" fill="#0c2740" stroke="${INK.water_source}" stroke-width="1.500"/>${inked(glyph, INK.water_source)}`;
const past = (glyph: string): string =>
  `<path d="M8.300 3.300h7.400l5 5v7.400l-5 5H8.300l-5-5V8.300z" fill="#1a2030" stroke="${PAST}" stroke-width="1.500" stroke-linejoin="round"/>${inked(glyph, PAST)}`;
const help = (glyph: string): string =>
  `<circle cx="12" cy="12" r="8.800" fill="#0e2a2a" stroke="${INK.good}" stroke-width="1.600"/>${inked(glyph, INK.good)}`;

const SLOPES: Glyphs = {
  landslide: "slope",
  collapse: "rocks",
  debris_flow: "flow",
  subsidence: "sink",
  fissure: "fissure",
  unstable_slope: "slope",
};
const PLACES: Glyphs = {
  river: "wave",
  lake: "basin",
  coast: "shore",
  reserve: "leaf",
  water_source: "drop",
  wetland: "reed",
  scenic: "peak",
};
const WORKS: Glyphs = {
  dike: "dike",
  sluice: "gate",
  pump_station: "pump",
  revetment: "dike",
  detention_basin: "basin",
  danger_section: "bang",
  culvert: "gate",
  ship_lock: "gate",
  diversion: "wave",
  drainage: "wave",
  gauge: "drop",
};
const ACCIDENTS: Glyphs = {
  leak: "flask",
  fire: "fire",
  explosion: "burst",
  poisoning: "flask",
  collapse: "rocks",
  mine: "rocks",
  traffic: "truck",
  tailings: "flow",
  dust: "burst",
  flood: "wave",
  landslide: "slope",
  earthquake: "fissure",
};

function kinds(layer: string, table: Glyphs, draw: (glyph: string) => string): [string, string][] {
  return Object.entries(table).map(([kind, glyph]) => [`${layer}-${kind}`, draw(glyph)]);
}

/** Every symbol of this file by its image name, as in `symbols.ts`. */
export const INVENTORY: readonly (readonly [string, string])[] = [
  [
    "tank",
    `<path d="M6 7.500v9c0 3.300 12 3.300 12 0v-9" fill="#19253b" stroke="${INK.plant}" stroke-width="1.500"/><ellipse cx="12" cy="7.500" rx="6" ry="2.500" fill="#2a3a58" stroke="${INK.plant}" stroke-width="1.500"/>`,
  ],
  [
    "park",
    `<path d="M3 6.500l7-3.500 11 4-2 12.500-9 2-6-4z" fill="#19253b" stroke="${INK.plant}" stroke-width="1.500" stroke-linejoin="round" stroke-dasharray="4 2"/><path d="M7.500 16v-5l3 2v-2l3 2V8h2.500l1 8z" fill="${INK.plant}"/>`,
  ],
  [
    "tailings_pond",
    `<path d="M2.500 18.500l5-10h9l5 10z" fill="#241d17" stroke="${EARTH}" stroke-width="1.600" stroke-linejoin="round"/><path d="M6.500 14c1.800-1.600 3.600 1.600 5.500 0s3.700 1.600 5.500 0" stroke="${EARTH}" fill="none" stroke-width="1.500" stroke-linecap="round"/>`,
  ],
  [
    "reservoir",
    `<path d="M4 6h13.500l3 12.500H4z" fill="#0c2740" stroke="${INK.water_source}" stroke-width="1.500" stroke-linejoin="round"/><path d="M4 11c1.800-1.700 3.600 1.700 5.400 0s3.600 1.700 5.400 0M4 15c1.800-1.700 3.600 1.700 5.400 0s3.600 1.700 5.400 0" stroke="${INK.water_source}" fill="none" stroke-width="1.500"/>`,
  ],
  [
    "expert",
    `<circle cx="12" cy="12" r="8.800" fill="#10253f" stroke="${INK.accent}" stroke-width="1.600"/><circle cx="12" cy="9.500" r="2.200" fill="${INK.accent}"/><path d="M7.800 17c0-5 8.400-5 8.400 0z" fill="${INK.accent}"/><path d="M7.500 7.500L12 5.300l4.500 2.200L12 9.500z" fill="#e6edf7"/>`,
  ],
  [
    "video_point",
    `<circle cx="12" cy="12" r="8" fill="#122036" stroke="${INK.text}" stroke-width="1.400"/><rect x="7" y="9.500" width="6.500" height="5" rx="1" fill="${INK.text}"/><path d="M13.800 11.500l3.200-1.700v4.400l-3.200-1.700z" fill="${INK.text}"/>`,
  ],
  ["geohazard", danger("bang")],
  ...kinds("geohazard", SLOPES, danger),
  ["sensitive_place", nature("dot")],
  ...kinds("sensitive_place", PLACES, nature),
  ["flood_work", work("dot")],
  ...kinds("flood_work", WORKS, work),
  ["accident", past("bang")],
  ...kinds("accident", ACCIDENTS, past),
  ["resource-communication", help("antenna")],
  ["resource-transport", help("truck")],
];
