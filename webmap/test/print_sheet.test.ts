import { describe, expect, it } from "vitest";
import { between } from "../src/store/plot_geodesic";
import {
  type Frame,
  frameBounds,
  grid,
  groundMetres,
  MM_PER_PX,
  placed,
  roundScale,
  scaleBar,
  scaleOf,
  zoomOf,
} from "../src/store/print_sheet";

const frame: Frame = { lon: 121.9, lat: 30.9, zoom: 14.37, width_px: 786, height_px: 635 };

describe("the printed map's scale", () => {
  it.each([0, 22.3, 30.9, 45, 53.5])(
    "says a kilometre within half a percent in either direction, at %s degrees north",
    (lat) => {
      const scale = 25_000;
      const there: Frame = { ...frame, lat, zoom: zoomOf(lat, scale) };
      const kilometre_px = 1_000_000 / scale / MM_PER_PX;
      const [west, south, east, north] = frameBounds({
        ...there,
        width_px: kilometre_px,
        height_px: kilometre_px,
      });
      const [lon] = [there.lon];
      const across = between([west, lat], [east, lat])?.distance_m ?? 0;
      const up = between([lon, south], [lon, north])?.distance_m ?? 0;
      expect(Math.abs(across / 1000 - 1)).toBeLessThan(0.005);
      expect(Math.abs(up / 1000 - 1)).toBeLessThan(0.005);
    },
  );

  it("turns into a zoom and back", () => {
    expect(scaleOf(31, zoomOf(31, 10_000))).toBeCloseTo(10_000, 6);
  });

  it("halves with every step of the zoom", () => {
    expect(groundMetres(31, 10) / groundMetres(31, 11)).toBeCloseTo(2, 12);
  });

  it("is rounded to one that maps are printed in, never to show less", () => {
    expect(roundScale(9_100)).toBe(10_000);
    expect(roundScale(10_000.4)).toBe(10_000);
    expect(roundScale(9e9)).toBe(1_000_000);
  });

  it("has a bar of a round length that fits", () => {
    for (const scale of [1000, 2500, 10_000, 33_333, 1e6]) {
      const { metres, length_mm } = scaleBar(scale, 50);
      expect(length_mm).toBeLessThanOrEqual(50);
      expect(length_mm).toBeGreaterThan(19);
      expect(String(metres)).toMatch(/^[125]0*$/);
      expect((length_mm / 1000) * scale).toBeCloseTo(metres, 6);
    }
  });
});

describe("the printed map's grid", () => {
  it("puts every line where its degrees are, few enough to read", () => {
    const lines = grid(frame);
    expect(lines.length).toBeGreaterThanOrEqual(4);
    for (const { axis, degrees, at_px } of lines) {
      const [x, y] = placed(
        frame,
        axis === "lon" ? degrees : 121.9,
        axis === "lat" ? degrees : 30.9,
      );
      expect(axis === "lon" ? x : y).toBeCloseTo(at_px, 9);
      expect(at_px).toBeGreaterThanOrEqual(0);
      expect(at_px).toBeLessThanOrEqual(axis === "lon" ? 786 : 635);
    }
    expect(lines.filter(({ axis }) => axis === "lon").length).toBeLessThanOrEqual(7);
  });

  it("labels lines to the unit of their step", () => {
    const close = grid({ ...frame, zoom: 18 }).map(({ label }) => label);
    expect(close[0]).toMatch(/^121°5[34]\u2032\d\d\u2033E$/);
    const far = grid({ ...frame, zoom: 5 }).map(({ label }) => label);
    expect(far[0]).toMatch(/^\d+°E$/);
    const south = grid({ ...frame, lon: -70, lat: -20, zoom: 5 }).map(({ label }) => label);
    expect(south[0]).toMatch(/W$/);
    expect(south.at(-1)).toMatch(/S$/);
  });

  it("has its frame's middle in the middle", () => {
    expect(placed(frame, 121.9, 30.9)).toEqual([393, 317.5]);
  });
});
