/** Symbols of what moves, and of the sign that stops it. */
import { INK } from "./palette";

/** Each profile of vehicle and each kind of thing that reports where it is. */
const GLYPHS: Readonly<Record<string, string>> = {
  fire_engine:
    '<path d="M12 6.800c.6 2-2.900 3.400-2.900 6.400a2.900 2.900 0 0 0 5.800 0c0-1.200-.6-2-1-2.700-.3.800-.8 1.100-1.200 1.200.5-1.800-.1-3.700-.7-4.900z" fill="G"/>',
  ambulance:
    '<path d="M10.700 7.500h2.600v3.200h3.200v2.600h-3.200v3.200h-2.600v-3.200H7.500v-2.600h3.200z" fill="G"/>',
  heavy_truck:
    '<path d="M6.500 9h6.500v5.500H6.500zM13 11h2.500l2 2v1.500H13" fill="none" stroke="G" stroke-width="1.500"/><circle cx="9" cy="15.700" r="1.300" fill="G"/><circle cx="15" cy="15.700" r="1.300" fill="G"/>',
  hazmat_truck:
    '<path d="M10.700 7v3.300l-3 5a1 1 0 0 0 .9 1.500h6.800a1 1 0 0 0 .9-1.500l-3-5V7M9.800 7h4.400" fill="none" stroke="G" stroke-width="1.500" stroke-linejoin="round"/>',
  vehicle:
    '<path d="M7 13.500l1.300-4h7.400l1.300 4v2.500H7z" fill="none" stroke="G" stroke-width="1.500"/><circle cx="9.300" cy="15.800" r="1.200" fill="G"/><circle cx="14.700" cy="15.800" r="1.200" fill="G"/>',
  person: '<circle cx="12" cy="9" r="2.200" fill="G"/><path d="M8 16.800c0-5 8-5 8 0z" fill="G"/>',
};

/** Filled with the accent, so that what moves stands out from the stations, which are outlined. */
const disc = (glyph: string): string =>
  `<circle cx="12" cy="12" r="9" fill="${INK.accent}" stroke="#0b1220" stroke-width="1.500"/>${glyph.replaceAll("G", "#04121d")}`;

export const MOVING: readonly (readonly [string, string])[] = [
  ...Object.entries(GLYPHS).map(([kind, glyph]): [string, string] => [
    `mover-${kind}`,
    disc(glyph),
  ]),
  ["mover-foot", disc(GLYPHS.person ?? "")],
  // Points north; the map turns it to where the thing goes.
  [
    "mover-heading",
    '<path d="M12 0l4 6.500H8z" fill="#ffffff" stroke="#0b1220" stroke-width="1"/>',
  ],
  [
    "no-entry",
    '<circle cx="12" cy="12" r="10" fill="#d3202c" stroke="#ffffff" stroke-width="1.600"/><rect x="5.500" y="10" width="13" height="4" rx="0.800" fill="#ffffff"/>',
  ],
  [
    "cut",
    '<path d="M12 2.500l9.500 9.500-9.500 9.500L2.500 12z" fill="#3b1840" stroke="#f5d0fe" stroke-width="1.800"/><path d="M8 16l8-8" stroke="#f5d0fe" stroke-width="2.200"/>',
  ],
  [
    "way-from",
    `<circle cx="12" cy="12" r="7.500" fill="#ffffff" stroke="#0b1220" stroke-width="2"/><circle cx="12" cy="12" r="3" fill="#0b1220"/>`,
  ],
  [
    "way-to",
    `<path d="M12 22c-5-6-7-9.300-7-12.500a7 7 0 0 1 14 0c0 3.200-2 6.500-7 12.500z" fill="#ffffff" stroke="#0b1220" stroke-width="1.600"/><circle cx="12" cy="9.500" r="2.800" fill="#0b1220"/>`,
  ],
];
