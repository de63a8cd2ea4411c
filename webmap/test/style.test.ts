/** The map draws its style without proving it first (`validateStyle: false`): it is proven here. */
import { validateStyleMin } from "@maplibre/maplibre-gl-style-spec";
import { describe, expect, it } from "vitest";
import { layers } from "../src/api/wire";
import { mapStyle } from "../src/map/style";
import { LOOKS } from "../src/store/ground_state";

const { layers: known } = layers(
  {
    layers: [
      ...["team", "hazard_source", "enterprise", "protection_target", "region", "tank", "resource"],
      ...["u_points_1", "building", "incident"],
    ].map((name) => ({ name, count: 1, revision: 2, user: name.startsWith("u_") })),
  },
  "",
);
const basemap = {
  tiles: "/tiles/basemap/0/{z}/{x}/{y}.mvt",
  maxzoom: 14,
  live: true,
  reason: null,
};

describe("the style of the map", () => {
  for (const look of LOOKS)
    for (const language of ["zh", "en"])
      for (const scale of [1, 2])
        it(`keeps to the rules of the renderer: ${look}, ${language}, ${scale} times as large`, () => {
          const style = mapStyle({ layers: known, basemap, language, look, scale });
          expect(style.layers.length).toBeGreaterThan(40);
          expect(validateStyleMin(style as Parameters<typeof validateStyleMin>[0])).toEqual([]);
        });

  it("writes nothing on a wall's map smaller than can be read from four metres", () => {
    const { layers } = mapStyle({ layers: known, basemap, language: "zh", scale: 2 });
    const sizes = (size: unknown): unknown[] =>
      Array.isArray(size) && size[0] === "interpolate"
        ? size.filter((_, index) => index >= 4 && index % 2 === 0).flatMap(sizes)
        : [Array.isArray(size) && size[0] === "max" ? size[1] : size];
    const written = layers
      .flatMap((one) => (one.type === "symbol" ? [one.layout?.["text-size"]] : []))
      .filter((size) => size !== undefined)
      .flatMap(sizes);
    expect(written.length).toBeGreaterThan(10);
    expect(written.filter((size) => !(Number(size) >= 24))).toEqual([]);
  });

  it("is told from one that breaks them", () => {
    const style = mapStyle({ layers: known, basemap, language: "zh" });
    const [first, ...rest] = style.layers;
    const broken = { ...style, layers: [{ ...first, minzoom: "deep" }, ...rest] };
    expect(
      validateStyleMin(broken as unknown as Parameters<typeof validateStyleMin>[0]),
    ).not.toEqual([]);
  });
});
