import { describe, expect, it } from "vitest";
import { between, beyond, lineLength, ringArea } from "../src/store/plot_geodesic";
import { dms, gauss, gcj02, mgrs, written } from "../src/store/plot_grids";

// Expected figures: GeographicLib and PROJ 9 through pyproj, the grid through the mgrs library.
describe("lengths, bearings and areas on the ellipsoid", () => {
  it.each([
    [[121.5, 31.2], [121.61, 31.28], 13729.009035, 49.725616],
    [[106.5, 29.5], [87.6, 43.8], 2307691.680455, 318.582759],
    [[120, 30], [120, 30.001], 110.852451, 0],
  ])("from %j to %j is as GeographicLib has it", (from, to, metres, bearing) => {
    const leg = between(from, to);
    expect(leg?.distance_m).toBeCloseTo(metres, 3);
    expect(leg?.bearing_deg).toBeCloseTo(bearing, 5);
  });

  it("goes as far and in the direction that is said", () => {
    const [lon, lat] = beyond([121.5, 31.2], { distance_m: 15_000, bearing_deg: 237.5 });
    expect(lon).toBeCloseTo(121.36735960967852, 9);
    expect(lat).toBeCloseTo(31.12723993339641, 9);
  });

  it("comes back over the antimeridian", () => {
    expect(between([179.9, 10], [-179.9, 10])?.distance_m).toBeCloseTo(21927.872, 2);
  });

  it("finds no leg to the other side of the globe, and never fails on it", () => {
    expect(between([0, 0.5], [179.7, -0.5])).toBeNull();
    expect(lineLength([[0, 0.5], [179.7, -0.5]])).toBe(0); // biome-ignore format: two corners
  });

  it("measures an area to a hundredth of a percent, whichever way round", () => {
    const ring = [[121.5, 31.2], [121.6, 31.2], [121.62, 31.3], [121.48, 31.29]]; // biome-ignore format: one ring
    expect(ringArea(ring) / 120402695.37507343).toBeCloseTo(1, 4);
    expect(ringArea(ring.reverse()) / 120402695.37507343).toBeCloseTo(1, 4);
  });
});

describe("a place in the forms that people write", () => {
  it("is in the zone of CGCS2000 as PROJ has it", () => {
    const found = gauss(121.512345, 31.23456);
    expect(found?.east_m).toBeCloseTo(41358264.1432, 2);
    expect(found?.north_m).toBeCloseTo(3457934.6159, 2);
    expect(gauss(2, 48)).toBeNull();
  });

  it.each([
    [121.512345, 31.23456, "51R UQ 58320 56551"],
    [-0.1, 51.5, "30U YC 01277 09417"],
    [5, 60.4, "32V KN 79679 02650"],
    [151.2, -33.86, "56H LH 33491 51909"],
    [16, 78, "33X WG 23208 58567"],
  ])("%d %d is in the grid at %s", (lon, lat, square) => {
    expect(mgrs(lon, lat)).toBe(square);
  });

  it("is shifted as the server shifts it for phones", () => {
    const [lon, lat] = gcj02(121.512345, 31.23456);
    expect(lon).toBeCloseTo(121.516732185, 7);
    expect(lat).toBeCloseTo(31.232506192, 7);
    expect(gcj02(2.3, 48.8)).toEqual([2.3, 48.8]);
  });

  it("is told in degrees, minutes and seconds without ever saying sixty", () => {
    expect(dms(121.512345, -31.99999999)).toBe("32°00′00.0″S 121°30′44.4″E");
    expect(written("dd", 121.5, 31.25)).toBe("121.500000, 31.250000");
    expect(written("mgrs", 0, 88)).toBeNull();
  });
});
