/** Which tiles a box on the ground meets: the same arithmetic as the server's, buffer included. */

export interface TileId {
  z: number;
  x: number;
  y: number;
}

/** A box in the square of the world: 0 to 1 eastward and downward, in one part or in two. */
export interface Patch {
  top: number;
  bottom: number;
  spans: readonly (readonly [number, number])[];
}

/** What a tile shows beyond its border, as a share of its side: 64 of 4,096 units. */
const BUFFER = 64 / 4096;
/** Web Mercator ends here. */
const LAST_LATITUDE = 85.051_128_779_806_59;

const across = (lon: number): number => (lon + 180) / 360;

function down(lat: number): number {
  const sine = Math.sin((Math.min(LAST_LATITUDE, Math.max(-LAST_LATITUDE, lat)) * Math.PI) / 180);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}

/**
 * Return a box of west, south, east, north, degrees, as it lies in the square of the world.
 *
 * A west of more than its east is a box across 180 degrees. What lies at one edge of the world is
 * also seen beyond the other.
 */
export function patch([west, south, east, north]: readonly [
  number,
  number,
  number,
  number,
]): Patch {
  const right = across(east) + (west > east ? 1 : 0);
  const spans = [-1, 0, 1].map((turn): [number, number] => [across(west) + turn, right + turn]);
  return { top: down(north), bottom: down(south), spans };
}

/** Tell whether a tile with its buffer shows any of a patch. */
export function meets({ top, bottom, spans }: Patch, { z, x, y }: TileId): boolean {
  const side = 2 ** -z;
  const margin = side * BUFFER;
  if (bottom < y * side - margin || top > (y + 1) * side + margin) return false;
  const left = x * side - margin;
  const right = (x + 1) * side + margin;
  return spans.some(([from, to]) => from <= right && to >= left);
}
