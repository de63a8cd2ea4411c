import type { LayerSpecification } from "maplibre-gl";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Raster } from "../src/api/ground";
import { groundLayers } from "../src/map/basemap";
import { groundLabels } from "../src/map/ground_names";
import { inked } from "../src/map/ink";
import { laidLayers, laidSources } from "../src/map/laid";
import { lookOf } from "../src/map/look";
import { profilePath } from "../src/panels/reading";
import {
  changeLaid,
  groundCredits,
  laidNow,
  moveLaid,
  readKept,
  toggleLaid,
} from "../src/store/ground";
import { noGround } from "../src/store/ground_state";
import { initial, store } from "../src/store/state";
import { beginSwipe, images, moveSwipe } from "../src/store/swipe";
import { DAY_INK, INK } from "../src/symbols/palette";
import { speak } from "../src/text/i18n";
import { rasterUnit } from "../src/text/raster_unit";
import "./words";

const raster = (id: string, change: Partial<Raster> = {}): Raster => ({
  id,
  kind: "imagery",
  name: id,
  unit: null,
  taken_at: null,
  source_date: null,
  attribution: null,
  bounds: [113, 30, 115, 31],
  minzoom: 0,
  maxzoom: 16,
  tiles: `/tiles/raster/${id}/r-1/{z}/{x}/{y}.png`,
  styles: [],
  ...change,
});
const external = {
  name: "img",
  title: "Images",
  title_en: null,
  attribution: "Tianditu",
  minzoom: 1,
  maxzoom: 18,
  opacity: 0.6,
  tiles: null,
};

beforeEach(() => {
  store.set(initial);
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no server here")));
});

describe("what lies on the ground", () => {
  const set = (rasters: Raster[]): void =>
    store.set({ ground: { ...noGround, external: [external], rasters } });

  it("is laid on top of what lies there, as strong as its source is set, and taken away", () => {
    set([]);
    toggleLaid("external:img");
    expect(laidNow(store.state)).toEqual([
      {
        key: "external:img",
        opacity: 0.6,
        minzoom: 1,
        maxzoom: 18,
        bounds: null,
        tiles: "/tiles/external/img/{z}/{x}/{y}.png",
      },
    ]);
    expect(groundCredits(store.state)).toEqual(["Tianditu"]);
    toggleLaid("external:img");
    expect(laidNow(store.state)).toEqual([]);
  });

  it("is drawn in its order, which a person changes; its style is in its address", () => {
    set([raster("a", { kind: "dem" })]);
    const choices = [
      { key: "external:img", opacity: 1, style: null },
      { key: "raster:a", opacity: 1, style: "slope" },
    ];
    store.set({ ground: { ...store.state.ground, choices } });
    expect(laidNow(store.state).map(({ key }) => key)).toEqual(["external:img", "raster:a"]);
    moveLaid("raster:a", -1);
    expect(laidNow(store.state).map(({ key }) => key)).toEqual(["raster:a", "external:img"]);
    moveLaid("raster:a", -1);
    expect(laidNow(store.state)[0]?.tiles).toBe("/tiles/raster/a/r-1/{z}/{x}/{y}.png?style=slope");
    changeLaid("raster:a", { opacity: 0.3 });
    const laid = laidNow(store.state);
    expect(laidLayers(laid)[0]).toMatchObject({ paint: { "raster-opacity": 0.3 } });
    expect(laidSources(laid)["laid-raster:a"]).toMatchObject({ bounds: [113, 30, 115, 31] });
  });

  it("what is no longer there is not drawn, and what was kept badly is passed over", () => {
    set([]);
    store.set({
      ground: { ...store.state.ground, choices: [{ key: "raster:gone", opacity: 1, style: null }] },
    });
    expect(laidNow(store.state)).toEqual([]);
    const kept = { look: "pink", choices: [{ key: "raster:a", opacity: 7, style: 3 }, 5, null] };
    expect(readKept(JSON.stringify(kept))).toEqual({
      choices: [{ key: "raster:a", opacity: 1, style: null }],
    });
    expect(readKept("{")).toEqual({ choices: [] });
    expect(readKept(null)).toEqual({ choices: [] });
    expect(readKept('{"look":"light"}')).toEqual({ look: "light", choices: [] });
  });
});

describe("the style", () => {
  it("is made anew when the base map reaches to another depth, and for no other tile address", () => {
    const served = (tiles: string, maxzoom: number): string =>
      lookOf({
        ...initial,
        ground: { ...noGround, basemap: { tiles, maxzoom, live: true, reason: null } },
      });
    const before = served("/tiles/basemap/0/{z}/{x}/{y}.mvt", 15);
    expect(served("/tiles/basemap/b-1/{z}/{x}/{y}.mvt", 14)).not.toBe(before);
    expect(served("/tiles/basemap/b-2/{z}/{x}/{y}.mvt", 15)).toBe(before);
  });
});

describe("the panel of the ground", () => {
  it.each([
    ["missing_file", /files are missing/],
    ["damaged", /file is damaged/],
    ["not_joined", /being put together/],
  ])("says why the base map that was made is not shown: %s", async (reason, words) => {
    await import("../src/panels/ground");
    speak("en");
    const basemap = { tiles: "/tiles/basemap/0/{z}/{x}/{y}.mvt", maxzoom: 15, live: true, reason };
    store.set({ ground: { ...noGround, basemap } });
    const panel = document.createElement("om-ground");
    document.body.append(panel);
    await vi.waitFor(() => expect(panel.textContent).toMatch(words));
    panel.remove();
  });
});

describe("the unit of a raster", () => {
  it("is in the reader's language, and none where classes have names", () => {
    speak("zh");
    expect(["people", "people/km2", "degree", "model", "mm"].map(rasterUnit)).toEqual([
      "人",
      "人/km²",
      "°",
      "",
      "mm",
    ]);
    speak("en");
    expect(rasterUnit("people/km2")).toBe("people/km²");
    expect(rasterUnit(null)).toBe("");
  });
});

describe("a comparison", () => {
  it("has the oldest image on the left and the newest on the right, and lays both", () => {
    const rasters = [
      raster("new", { taken_at: "2026-07-01T00:00:00Z" }),
      raster("dem", { kind: "dem", taken_at: "2020-01-01T00:00:00Z" }),
      raster("old", { taken_at: "2026-03-01T00:00:00Z" }),
    ];
    expect(images(rasters).map(({ id }) => id)).toEqual(["old", "new"]);
    store.set({ ground: { ...noGround, rasters } });
    beginSwipe();
    expect(store.state.ground.swipe).toEqual({ left: "raster:old", right: "raster:new", at: 0.5 });
    expect(store.state.ground.choices.map(({ key }) => key)).toEqual(["raster:old", "raster:new"]);
    moveSwipe(1.4);
    expect(store.state.ground.swipe?.at).toBe(1);
    moveSwipe(Number.NaN);
    expect(store.state.ground.swipe?.at).toBe(1);
    toggleLaid("raster:old");
    expect(store.state.ground.swipe).toBeNull();
  });
});

describe("a profile", () => {
  it("is broken where there is no data, never drawn down to zero", () => {
    const at = (distance_m: number, value: number | null) => ({
      distance_m,
      lon: 0,
      lat: 0,
      value,
    });
    const { path, low, high } = profilePath({
      unit: "m",
      length_m: 40,
      ascent: null,
      descent: null,
      low: null,
      high: null,
      points: [at(0, 100), at(10, 200), at(20, null), at(30, 150), at(40, 150)],
    });
    expect([low, high]).toEqual([100, 200]);
    expect(path.match(/M/g)).toHaveLength(2);
    expect(path).toBe("M0.0 130.0L140.0 0.0M420.0 65.0L560.0 65.0");
  });
});

describe("the map by day", () => {
  const drawn = [...groundLayers(), ...groundLabels("zh")];
  const colours = (layers: LayerSpecification[]): string[] =>
    JSON.stringify(layers.map(({ paint }) => paint)).match(/#[0-9a-f]{6}/g) ?? [];

  it("has a colour of its own for each of the night", () => {
    expect(Object.keys(DAY_INK)).toEqual(Object.keys(INK));
    expect(new Set(Object.values(INK)).size).toBe(Object.keys(INK).length);
    const day = new Set<string>(Object.values(DAY_INK));
    expect(colours(inked("light", drawn)).filter((one) => !day.has(one))).toEqual([]);
    expect(inked("dark", drawn)).toEqual(drawn);
  });

  it("can be read: names stand out from land and water by 4.5 to 1 and more (WCAG 2.1, 1.4.3)", () => {
    for (const ink of [INK, DAY_INK])
      for (const ground of [ink.ground, ink.green, ink.settled])
        for (const name of [ink.place, ink.text, ink.muted])
          expect(contrast(name, ground), `${name} on ${ground}`).toBeGreaterThanOrEqual(4.5);
  });
});

/** The ratio of two colours' luminances as WCAG 2.1 defines it. */
function contrast(one: string, other: string): number {
  const luminance = (colour: string): number => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}
