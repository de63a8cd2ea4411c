/**
 * A place in the forms in which people write it down.
 *
 * Transverse Mercator by Krueger's series to n^4 (GeographicLib gives it to n^6; to n^4 the error is
 * below a millimetre within 6 degrees). Letters of the grid: DMA TM 8358.1. GCJ-02 has no published
 * rule: the widely used approximation, good to some metres, and it is said so where it is shown.
 */
const RAD = Math.PI / 180;
const A_M = 6_378_137;

export const FORMS = ["dd", "dms", "cgcs2000", "gcj02", "mgrs"] as const;
export type Form = (typeof FORMS)[number];

interface Ellipsoid {
  radius_m: number;
  alpha: readonly number[];
  e: number;
}

function ellipsoid(inverse: number): Ellipsoid {
  const f = 1 / inverse;
  const n = f / (2 - f);
  return {
    radius_m: (A_M / (1 + n)) * (1 + n ** 2 / 4 + n ** 4 / 64),
    alpha: [
      n / 2 - (2 / 3) * n ** 2 + (5 / 16) * n ** 3 + (41 / 180) * n ** 4,
      (13 / 48) * n ** 2 - (3 / 5) * n ** 3 + (557 / 1440) * n ** 4,
      (61 / 240) * n ** 3 - (103 / 140) * n ** 4,
      (49561 / 161280) * n ** 4,
    ],
    e: Math.sqrt(f * (2 - f)),
  };
}

const CGCS2000 = ellipsoid(298.257222101);
const WGS84 = ellipsoid(298.257223563);

/** East of the central meridian and north of the equator, m, at scale 1. */
function transverse(lon: number, lat: number, { radius_m, alpha, e }: Ellipsoid): [number, number] {
  const [lam, phi] = [lon * RAD, lat * RAD];
  const sin = Math.sin(phi);
  const t = Math.sinh(Math.atanh(sin) - e * Math.atanh(e * sin));
  const xi = Math.atan2(t, Math.cos(lam));
  const eta = Math.atanh(Math.sin(lam) / Math.hypot(1, t));
  let [x, y] = [eta, xi];
  for (const [at, a] of alpha.entries()) {
    const k = 2 * (at + 1);
    x += a * Math.cos(k * xi) * Math.sinh(k * eta);
    y += a * Math.sin(k * xi) * Math.cosh(k * eta);
  }
  return [x * radius_m, y * radius_m];
}

/** The number of the 3-degree zone of CGCS2000 that a place lies in; null outside its reach. */
export function gaussZone(lon: number, lat: number): number | null {
  const zone = Math.round(lon / 3);
  return zone < 25 || zone > 45 || lat < 0 || lat > 60 ? null : zone;
}

/** East with the zone's number and north, m, in a 3-degree zone of CGCS2000. */
export function gaussIn(zone: number, lon: number, lat: number): [number, number] {
  const [x, y] = transverse(lon - zone * 3, lat, CGCS2000);
  return [zone * 1e6 + 500_000 + x, y];
}

/** A place in its own 3-degree zone of CGCS2000. */
export function gauss(
  lon: number,
  lat: number,
): { zone: number; east_m: number; north_m: number } | null {
  const zone = gaussZone(lon, lat);
  if (zone === null) return null;
  const [east_m, north_m] = gaussIn(zone, lon, lat);
  return { zone, east_m, north_m };
}

const BANDS = "CDEFGHJKLMNPQRSTUVWX";
const COLUMNS = ["ABCDEFGH", "JKLMNPQR", "STUVWXYZ"];
const ROWS = "ABCDEFGHJKLMNPQRSTUV";

function utmZone(lon: number, lat: number): number {
  const plain = Math.min(60, Math.floor((lon + 180) / 6) + 1);
  if (lat >= 56 && lat < 64 && lon >= 3 && lon < 12) return 32;
  if (lat < 72 || lon < 0 || lon >= 42) return plain;
  return lon < 9 ? 31 : lon < 21 ? 33 : lon < 33 ? 35 : 37;
}

/** The military grid to a metre; the polar grids are not written. */
export function mgrs(lon: number, lat: number): string | null {
  if (lat < -80 || lat >= 84) return null;
  const zone = utmZone(lon, lat);
  const [x, y] = transverse(lon - (zone * 6 - 183), lat, WGS84);
  const east = Math.floor(500_000 + 0.9996 * x);
  const north = Math.floor((lat < 0 ? 10_000_000 : 0) + 0.9996 * y);
  const band = BANDS[Math.min(19, Math.floor((lat + 80) / 8))];
  const column = COLUMNS[(zone - 1) % 3]?.[Math.floor(east / 100_000) - 1];
  const row = ROWS[(Math.floor(north / 100_000) + (zone % 2 === 0 ? 5 : 0)) % 20];
  const metres = (value: number): string => String(value % 100_000).padStart(5, "0");
  return `${zone}${band} ${column}${row} ${metres(east)} ${metres(north)}`;
}

const waves = (x: number): number =>
  ((20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * 2) / 3;
const swell = (v: number, a: number, b: number, c: number, d: number): number =>
  ((20 * Math.sin(v * Math.PI) +
    40 * Math.sin((v / 3) * Math.PI) +
    a * Math.sin((v / c) * Math.PI) +
    b * Math.sin((v / d) * Math.PI)) *
    2) /
  3;

const KRASSOVSKY_M = 6_378_245;
const KRASSOVSKY_E2 = 0.006693421622965943;

/** A place as phone maps of mainland China show it; outside it they shift nothing. */
export function gcj02(lon: number, lat: number): [number, number] {
  if (lon < 72.004 || lon > 137.8347 || lat < 0.8293 || lat > 55.8271) return [lon, lat];
  const [x, y] = [lon - 105, lat - 35];
  const root = Math.sqrt(Math.abs(x));
  const north =
    -100 +
    2 * x +
    3 * y +
    0.2 * y * y +
    0.1 * x * y +
    0.2 * root +
    waves(x) +
    swell(y, 160, 320, 12, 30);
  const east =
    300 +
    x +
    2 * y +
    0.1 * x * x +
    0.1 * x * y +
    0.1 * root +
    waves(x) +
    swell(x, 150, 300, 12, 30);
  const phi = lat * RAD;
  const magic = 1 - KRASSOVSKY_E2 * Math.sin(phi) ** 2;
  const metresNorth = (KRASSOVSKY_M * (1 - KRASSOVSKY_E2)) / (magic * Math.sqrt(magic));
  const metresEast = (KRASSOVSKY_M / Math.sqrt(magic)) * Math.cos(phi);
  return [lon + east / (metresEast * RAD), lat + north / (metresNorth * RAD)];
}

function sexagesimal(value: number, signs: string): string {
  const sign = signs[value < 0 ? 1 : 0];
  const tenths = Math.round(Math.abs(value) * 36_000);
  const two = (part: number): string => String(part).padStart(2, "0");
  const seconds = (tenths % 600) / 10;
  const minutes = two(Math.floor(tenths / 600) % 60);
  return `${Math.floor(tenths / 36_000)}\u00b0${minutes}\u2032${seconds.toFixed(1).padStart(4, "0")}\u2033${sign}`;
}

/** Degrees, minutes and seconds to a tenth, north first. */
export const dms = (lon: number, lat: number): string =>
  `${sexagesimal(lat, "NS")} ${sexagesimal(lon, "EW")}`;

/** A place in a form; null where the form does not reach so far. */
export function written(form: Form, lon: number, lat: number): string | null {
  switch (form) {
    case "dd":
      return `${lon.toFixed(6)}, ${lat.toFixed(6)}`;
    case "dms":
      return dms(lon, lat);
    case "gcj02": {
      const [east, north] = gcj02(lon, lat);
      return `${east.toFixed(6)}, ${north.toFixed(6)}`;
    }
    case "cgcs2000": {
      const found = gauss(lon, lat);
      return found && `${found.east_m.toFixed(1)}, ${found.north_m.toFixed(1)}`;
    }
    case "mgrs":
      return mgrs(lon, lat);
  }
}
