/**
 * Lengths, bearings and areas on the WGS 84 ellipsoid, for shapes that people draw and measure.
 *
 * Length and bearing follow T. Vincenty, Survey Review 23 (176), 1975; the area is that on the
 * authalic sphere (J. P. Snyder, USGS Professional Paper 1395, 1987, eq. 3-11 and 3-12).
 */
import type { Position } from "geojson";

const A_M = 6_378_137;
const F = 1 / 298.257223563;
const B_M = A_M * (1 - F);
const E2 = F * (2 - F);
const E = Math.sqrt(E2);
const RAD = Math.PI / 180;
const STEPS = 200;

export interface Leg {
  distance_m: number;
  /** Clockwise from true north at the beginning, 0 to 360. */
  bearing_deg: number;
}

const turn = (degrees: number): number => ((degrees % 360) + 360) % 360;

/** The series of Vincenty's equations 3, 4 and 6. */
function series(u2: number): { a: number; b: number } {
  return {
    a: 1 + (u2 / 16384) * (4096 + u2 * (-768 + u2 * (320 - 175 * u2))),
    b: (u2 / 1024) * (256 + u2 * (-128 + u2 * (74 - 47 * u2))),
  };
}

function correction(b: number, sinS: number, cosS: number, cos2m: number): number {
  const inner = cosS * (-1 + 2 * cos2m ** 2);
  const last = (b / 6) * cos2m * (-3 + 4 * sinS ** 2) * (-3 + 4 * cos2m ** 2);
  return b * sinS * (cos2m + (b / 4) * (inner - last));
}

const reduced = (lat: number): number => Math.atan((1 - F) * Math.tan(lat * RAD));

/** The length and bearing between two places; almost opposite ones on the globe have none. */
export function between(from: Position, to: Position): Leg | null {
  const [lon1 = 0, lat1 = 0] = from;
  const [lon2 = 0, lat2 = 0] = to;
  const [u1, u2] = [reduced(lat1), reduced(lat2)];
  const [sinU1, cosU1] = [Math.sin(u1), Math.cos(u1)];
  const [sinU2, cosU2] = [Math.sin(u2), Math.cos(u2)];
  const l = (lon2 - lon1) * RAD;
  let lambda = l;
  for (let step = 0; step < STEPS; step++) {
    const [sinL, cosL] = [Math.sin(lambda), Math.cos(lambda)];
    const x = cosU2 * sinL;
    const y = cosU1 * sinU2 - sinU1 * cosU2 * cosL;
    const sinS = Math.hypot(x, y);
    if (sinS === 0) return { distance_m: 0, bearing_deg: 0 };
    const cosS = sinU1 * sinU2 + cosU1 * cosU2 * cosL;
    const sigma = Math.atan2(sinS, cosS);
    const sinA = (cosU1 * cosU2 * sinL) / sinS;
    const cos2A = 1 - sinA ** 2;
    const cos2m = cos2A === 0 ? 0 : cosS - (2 * sinU1 * sinU2) / cos2A;
    const c = (F / 16) * cos2A * (4 + F * (4 - 3 * cos2A));
    const before = lambda;
    const drift = sigma + c * sinS * (cos2m + c * cosS * (-1 + 2 * cos2m ** 2));
    lambda = l + (1 - c) * F * sinA * drift;
    if (Math.abs(lambda - before) > 1e-12) continue;
    const { a, b } = series((cos2A * (A_M ** 2 - B_M ** 2)) / B_M ** 2);
    const distance_m = B_M * a * (sigma - correction(b, sinS, cosS, cos2m));
    const bearing = Math.atan2(cosU2 * Math.sin(lambda), y);
    return { distance_m, bearing_deg: turn(bearing / RAD) };
  }
  return null;
}

/** The place that lies so far from another in a direction. */
export function beyond(from: Position, { distance_m, bearing_deg }: Leg): [number, number] {
  const [lon = 0, lat = 0] = from;
  const azimuth = bearing_deg * RAD;
  const u = reduced(lat);
  const [sinU, cosU] = [Math.sin(u), Math.cos(u)];
  const [sinAz, cosAz] = [Math.sin(azimuth), Math.cos(azimuth)];
  const sigma1 = Math.atan2(Math.tan(u), cosAz);
  const sinA = cosU * sinAz;
  const cos2A = 1 - sinA ** 2;
  const { a, b } = series((cos2A * (A_M ** 2 - B_M ** 2)) / B_M ** 2);
  let sigma = distance_m / (B_M * a);
  let cos2m = 0;
  for (let step = 0; step < STEPS; step++) {
    cos2m = Math.cos(2 * sigma1 + sigma);
    const next = distance_m / (B_M * a) + correction(b, Math.sin(sigma), Math.cos(sigma), cos2m);
    const still = Math.abs(next - sigma) < 1e-12;
    sigma = next;
    if (still) break;
  }
  const [sinS, cosS] = [Math.sin(sigma), Math.cos(sigma)];
  const north = sinU * cosS + cosU * sinS * cosAz;
  const side = sinU * sinS - cosU * cosS * cosAz;
  const lat2 = Math.atan2(north, (1 - F) * Math.hypot(sinA, side));
  const lambda = Math.atan2(sinS * sinAz, cosU * cosS - sinU * sinS * cosAz);
  const c = (F / 16) * cos2A * (4 + F * (4 - 3 * cos2A));
  const drift = sigma + c * sinS * (cos2m + c * cosS * (-1 + 2 * cos2m ** 2));
  return [lon + (lambda - (1 - c) * F * sinA * drift) / RAD, lat2 / RAD];
}

/** Snyder's q, the share of the globe's half below a latitude, times two. */
function share(sin: number): number {
  const es = E * sin;
  return (1 - E2) * (sin / (1 - es ** 2) - Math.log((1 - es) / (1 + es)) / (2 * E));
}
const WHOLE = share(1);

/** The area inside a closed ring of places, m2, whichever way round it goes. */
export function ringArea(ring: readonly Position[]): number {
  const tan = (lat: number): number =>
    Math.tan(Math.asin(Math.max(-1, Math.min(1, share(Math.sin(lat * RAD)) / WHOLE))) / 2);
  let excess = 0;
  for (const [at, [lon = 0, lat = 0]] of ring.entries()) {
    const [lon2 = 0, lat2 = 0] = ring[(at + 1) % ring.length] ?? [];
    const [t1, t2] = [tan(lat), tan(lat2)];
    excess += 2 * Math.atan2(Math.tan(((lon2 - lon) * RAD) / 2) * (t1 + t2), 1 + t1 * t2);
  }
  return Math.abs(excess) * A_M ** 2 * (WHOLE / 2);
}

/** Of a polygon: its outer ring less its holes, m2. */
export function polygonArea(rings: readonly (readonly Position[])[]): number {
  const [outer = [], ...holes] = rings;
  return ringArea(outer) - holes.reduce((sum, hole) => sum + ringArea(hole), 0);
}

/** The legs of a line; one between opposite places of the globe counts nothing. */
export function legs(line: readonly Position[]): Leg[] {
  return line
    .slice(1)
    .map((to, at) => between(line[at] ?? to, to) ?? { distance_m: 0, bearing_deg: 0 });
}

export function lineLength(line: readonly Position[]): number {
  return legs(line).reduce((sum, leg) => sum + leg.distance_m, 0);
}
