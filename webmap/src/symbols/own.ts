/** Symbols of people's own layers: a plain shape in a colour that no level has. */

export const OWN_COLOURS = [
  "#38bdf8",
  "#2dd4bf",
  "#34d399",
  "#a3e635",
  "#e8d9c5",
  "#f472b6",
  "#c4b5fd",
  "#e6edf7",
] as const;

const SHAPES: Readonly<Record<string, string>> = {
  dot: '<circle cx="12" cy="12" r="6.5"/>',
  square: '<rect x="5.5" y="5.5" width="13" height="13" rx="2"/>',
  triangle: '<path d="M12 4l8.500 15.500h-17z"/>',
  diamond: '<path d="M12 3.500l8.500 8.500-8.500 8.500-8.500-8.500z"/>',
  star: '<path d="M12 3l2.700 6 6.300.600-4.800 4.200 1.500 6.200L12 16.700 6.300 20l1.500-6.200L3 9.600l6.300-.600z"/>',
  pin: '<path d="M12 21.500c-4.300-5-6.500-8.400-6.500-11.500a6.500 6.500 0 0 1 13 0c0 3.100-2.200 6.500-6.500 11.500z"/><circle cx="12" cy="10" r="2.300" fill="#0b1220" stroke="none"/>',
  flag: '<path d="M7 21V3.500h11.500l-3 4 3 4H7z"/>',
  drop: '<path d="M12 3c4.200 5 6 7.900 6 11a6 6 0 0 1-12 0c0-3.100 1.800-6 6-11z"/>',
};

export const OWN_SYMBOLS = Object.keys(SHAPES);

/** Return the drawing of a shape in a colour; what is no such shape or colour is a pale dot. */
export function ownSvg(shape: string, colour: string, size: number): string {
  const fill = /^#[0-9a-f]{6}$/i.test(colour) ? colour : "#e6edf7";
  const body = SHAPES[shape] ?? SHAPES.dot;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="${size}" height="${size}"><g fill="${fill}" stroke="#0b1220" stroke-width="1.300" stroke-linejoin="round">${body}</g></svg>`;
}

export function ownUri(shape: string, colour: string, size: number): string {
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(ownSvg(shape, colour, size))}`;
}

/** The name under which the map holds the image: `own-<shape>-<rrggbb>`. */
export function ownImage(shape: string, colour: string): string {
  return `own-${shape}-${colour.replace("#", "")}`;
}

/** Read such a name again; null where it is another image's. */
export function readOwnImage(name: string): { shape: string; colour: string } | null {
  const match = /^own-([a-z_]+)-([0-9a-f]{6})$/i.exec(name);
  return match?.[1] && match[2] ? { shape: match[1], colour: `#${match[2]}` } : null;
}
