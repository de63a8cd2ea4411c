import { describe, expect, it } from "vitest";
import { gaussIn } from "../src/store/plot_grids";
import { kilometreGrid } from "../src/store/print_grid";
import { type Frame, placeAt, zoomOf } from "../src/store/print_sheet";

const at = (lon: number, lat: number, scale: number): Frame => ({
  lon,
  lat,
  zoom: zoomOf(lat, scale),
  width_px: 786,
  height_px: 635,
});

describe("the printed map's kilometre grid", () => {
  it.each([
    [121.9, 30.9, 10_000, 500],
    [121.9, 30.9, 50_000, 2000],
    [119.9, 45.2, 250_000, 10_000],
    [98.4, 22.3, 2_500, 100],
  ])("stands where its metres are, at %s %s in 1:%s", (lon, lat, scale, step) => {
    const frame = at(lon, lat, scale);
    const found = kilometreGrid(frame);
    expect(found?.step_m).toBe(step);
    const lines = found?.lines ?? [];
    expect(lines.length).toBeGreaterThanOrEqual(5);
    expect(lines.length).toBeLessThanOrEqual(18);
    for (const { axis, metres, points } of lines)
      for (const [x, y] of points) {
        const [east, north] = gaussIn(found?.zone ?? 0, ...placeAt(frame, x, y));
        expect(Math.abs((axis === "east" ? east : north) - metres)).toBeLessThan(0.01);
        expect(metres % step).toBe(0);
      }
  });

  it("is labelled in kilometres, eastings with the number of their zone", () => {
    const found = kilometreGrid(at(121.9, 30.9, 50_000));
    expect(found?.zone).toBe(41);
    const labels = (axis: string): string[] =>
      (found?.lines ?? []).filter((line) => line.axis === axis).map(({ label }) => label);
    expect(labels("east")[0]).toMatch(/^41[3-6]\d\d$/);
    expect(labels("north")[0]).toMatch(/^34\d\d$/);
  });

  it("is not drawn where a sheet shows more than one zone's kilometres, or outside all zones", () => {
    expect(kilometreGrid(at(121.9, 30.9, 5_000_000))).toBeNull();
    expect(kilometreGrid(at(-8.6, 41.1, 25_000))).toBeNull();
  });
});
