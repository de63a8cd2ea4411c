/** The geometry of a printed map: its scale on paper, its scale bar, the lines of its grid. */

/** A style sheet's pixel on paper. */
export const MM_PER_PX = 25.4 / 96;
const A_M = 6_378_137;
const E2 = 0.006_694_380_022_9;
const RAD = Math.PI / 180;
const TILE_PX = 256;

/**
 * Ground metres for one pixel of the map at a latitude, at a zoom of 256-pixel tiles.
 *
 * Web Mercator is drawn on a sphere; on the ellipsoid of CGCS2000 a degree is a little longer east
 * and a little shorter north. The mean of both errs by 0.34 % at most in either direction (Equator).
 */
export function groundMetres(lat: number, zoom: number): number {
  const s2 = Math.sin(lat * RAD) ** 2;
  const east = 1 / Math.sqrt(1 - E2 * s2);
  const north = (1 - E2) / (1 - E2 * s2) ** 1.5;
  const sphere = (2 * Math.PI * A_M * Math.cos(lat * RAD)) / (TILE_PX * 2 ** zoom);
  return sphere * Math.sqrt(east * north);
}

/** The denominator of the scale on paper. */
export function scaleOf(lat: number, zoom: number): number {
  return groundMetres(lat, zoom) / (MM_PER_PX / 1000);
}

export function zoomOf(lat: number, scale: number): number {
  return Math.log2(scaleOf(lat, 0) / scale);
}

export interface Frame {
  lon: number;
  lat: number;
  zoom: number;
  width_px: number;
  height_px: number;
}

const worldX = (lon: number, zoom: number): number => ((lon + 180) / 360) * TILE_PX * 2 ** zoom;
const worldY = (lat: number, zoom: number): number =>
  (0.5 - Math.asinh(Math.tan(lat * RAD)) / (2 * Math.PI)) * TILE_PX * 2 ** zoom;
const lonAt = (x: number, zoom: number): number => (x / (TILE_PX * 2 ** zoom)) * 360 - 180;
const latAt = (y: number, zoom: number): number =>
  Math.atan(Math.sinh((0.5 - y / (TILE_PX * 2 ** zoom)) * 2 * Math.PI)) / RAD;

/** The place at a point of the frame, pixels from its upper left corner: longitude, latitude. */
export function placeAt(frame: Frame, x: number, y: number): [number, number] {
  const { lon, lat, zoom, width_px, height_px } = frame;
  return [
    lonAt(worldX(lon, zoom) - width_px / 2 + x, zoom),
    latAt(worldY(lat, zoom) - height_px / 2 + y, zoom),
  ];
}

/** Where a place lies in the frame, pixels from its upper left corner. */
export function placed(frame: Frame, lon: number, lat: number): [number, number] {
  return [
    worldX(lon, frame.zoom) - worldX(frame.lon, frame.zoom) + frame.width_px / 2,
    worldY(lat, frame.zoom) - worldY(frame.lat, frame.zoom) + frame.height_px / 2,
  ];
}

/** West, south, east, north of the frame. */
export function frameBounds(frame: Frame): [number, number, number, number] {
  const [west, north] = placeAt(frame, 0, 0);
  const [east, south] = placeAt(frame, frame.width_px, frame.height_px);
  return [west, south, east, north];
}

/** Steps of a grid of degrees, seconds. */
const STEPS_S = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 18_000, 36_000, 72_000,
];
const GRID_LINES = 6;

export interface GridLine {
  axis: "lon" | "lat";
  degrees: number;
  /** From the left of the frame for a meridian, from its top for a parallel. */
  at_px: number;
  label: string;
}

/** The meridians and parallels that cross a frame: at most six along its longer side. */
export function grid(frame: Frame): GridLine[] {
  const [west, south, east, north] = frameBounds(frame);
  const span_s = Math.max(east - west, north - south) * 3600;
  const step = STEPS_S.find((one) => span_s / one <= GRID_LINES) ?? 72_000;
  const along = (low: number, high: number): number[] => {
    const found = [];
    for (let n = Math.ceil((low * 3600) / step); n * step <= high * 3600; n += 1)
      found.push((n * step) / 3600);
    return found;
  };
  return [
    ...along(west, east).map((degrees) => ({
      axis: "lon" as const,
      degrees,
      at_px: placed(frame, degrees, frame.lat)[0],
      label: dms(degrees, step, "E", "W"),
    })),
    ...along(south, north).map((degrees) => ({
      axis: "lat" as const,
      degrees,
      at_px: placed(frame, frame.lon, degrees)[1],
      label: dms(degrees, step, "N", "S"),
    })),
  ];
}

const two = (value: number): string => String(value).padStart(2, "0");

/** A coordinate to the unit of its step: 121°54′30″E. */
function dms(degrees: number, step_s: number, plus: string, minus: string): string {
  const total = Math.round(Math.abs(degrees) * 3600);
  const [d, m, s] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const minutes = step_s < 3600 ? `${two(m)}\u2032` : "";
  const seconds = step_s < 60 ? `${two(s)}\u2033` : "";
  return `${d}°${minutes}${seconds}${degrees < 0 ? minus : plus}`;
}

const BARS = [1, 2, 5];

/** A scale bar of about this length on paper: a round length on the ground and its own on paper. */
export function scaleBar(scale: number, longest_mm: number): { metres: number; length_mm: number } {
  const reach = (longest_mm / 1000) * scale;
  const power = 10 ** Math.floor(Math.log10(reach));
  const metres = power * Math.max(...BARS.filter((one) => one * power <= reach), 1);
  return { metres, length_mm: (metres / scale) * 1000 };
}

/** Scales that maps are printed in. */
export const SCALES = [
  1000, 2000, 2500, 5000, 10_000, 15_000, 20_000, 25_000, 50_000, 100_000, 200_000, 250_000,
  500_000, 1_000_000,
] as const;

/** The next scale in use that shows at least as much as this one. */
export function roundScale(scale: number): number {
  return SCALES.find((one) => one >= scale * 0.999) ?? 1_000_000;
}

/** Millimetres left for the map on a sheet; print.css lays the sheet out with the same numbers. */
export const MAP_MM: Readonly<Record<string, readonly [number, number]>> = {
  "A4 landscape": [207, 170],
  "A4 portrait": [182, 178],
  "A3 landscape": [312, 256],
  "A3 portrait": [269, 292],
};
