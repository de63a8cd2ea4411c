import type { Position } from "geojson";
import type { Map as GlMap } from "maplibre-gl";
import { describe, expect, it } from "vitest";
import { assessment, sliceTimes } from "../src/api/assessment";
import { incident, layers } from "../src/api/wire";
import { cutEdges } from "../src/map/cut";
import { featureLayers } from "../src/map/features";
import { labelPoint } from "../src/map/label";
import { pick } from "../src/map/pick";
import { planData, zoneLabel } from "../src/map/plan";
import { tileAddresses } from "../src/map/style";
import { SYMBOLS, symbolName } from "../src/symbols/symbols";
import { speak } from "../src/text/i18n";

const LON = 121.5;
const LAT = 31.2;
const metres = (x: number, y: number): Position => [
  LON + x / (111_320 * Math.cos((LAT * Math.PI) / 180)),
  LAT + y / 110_574,
];

describe("a cut", () => {
  it("is the whole ring where the zone lies all round its source", () => {
    const ring = Array.from({ length: 73 }, (_, step) => step * 5).map((bearing) =>
      metres(900 * Math.sin((bearing * Math.PI) / 180), 900 * Math.cos((bearing * Math.PI) / 180)),
    );
    const edges = cutEdges({ type: "Polygon", coordinates: [ring] }, LON, LAT);
    expect(edges).toEqual([ring]);
  });

  it("is the far edge across the wind, and nothing else", () => {
    const plume = [
      [0, 0],
      [2000, 150],
      [5000, 300],
      [5000, 0],
      [5000, -300],
      [2000, -150],
      [0, 0],
    ];
    const edges = cutEdges(
      { type: "Polygon", coordinates: [plume.map(([x, y]) => metres(x ?? 0, y ?? 0))] },
      LON,
      LAT,
    );
    expect(edges).toHaveLength(1);
    expect(edges[0]).toEqual([metres(5000, 300), metres(5000, 0), metres(5000, -300)]);
  });

  it("turns with the wind", () => {
    const plume = [
      [0, 0],
      [-150, -2000],
      [-300, -5000],
      [300, -5000],
      [150, -2000],
      [0, 0],
    ];
    const edges = cutEdges(
      { type: "Polygon", coordinates: [plume.map(([x, y]) => metres(x ?? 0, y ?? 0))] },
      LON,
      LAT,
    );
    expect(edges).toEqual([[metres(-300, -5000), metres(300, -5000)]]);
  });
});

describe("a label", () => {
  const ring = (points: number[][]) => ({
    type: "Polygon" as const,
    coordinates: [points.map(([x, y]) => metres(x ?? 0, y ?? 0))],
  });
  const source = { lon: LON, lat: LAT };

  it("stands on the line of its zone", () => {
    const [lon, lat] =
      labelPoint(
        ring([
          [0, 0],
          [4000, 400],
          [4000, -400],
          [0, 0],
        ]),
        source,
        "red",
        1,
      ) ?? [];
    expect(lon).toBeCloseTo(metres(2000, 0)[0] ?? 0, 2);
    expect(lat).toBeCloseTo(metres(0, 200)[1] ?? 0, 3);
  });

  it("of nested zones do not share a spot", () => {
    const plume = ring([
      [0, 0],
      [4000, 400],
      [4000, -400],
      [0, 0],
    ]);
    const spots = (["red", "orange", "yellow", "blue"] as const).map((level) =>
      String(labelPoint(plume, source, level, 1)),
    );
    expect(new Set(spots).size).toBe(4);
  });

  it("of a circle stands on the circle", () => {
    const circle = Array.from({ length: 65 }, (_, i) => [
      600 * Math.sin((i * Math.PI) / 32),
      600 * Math.cos((i * Math.PI) / 32),
    ]);
    const [lon, lat] = labelPoint(ring(circle), source, "blue", 1) ?? [];
    expect(lon).toBeCloseTo(LON, 3);
    expect(lat).toBeCloseTo(metres(0, 600)[1] ?? 0, 4);
  });
});

describe("the plan on the map", () => {
  const zone = (properties: Record<string, unknown>) => ({
    type: "Feature",
    properties,
    geometry: {
      type: "Polygon",
      coordinates: [[metres(0, 0), metres(3000, 300), metres(3000, -300), metres(0, 0)]],
    },
  });
  const plan = assessment(
    {
      id: "a",
      zones: {
        type: "FeatureCollection",
        features: [
          zone({
            level: "red",
            threshold_name: "AEGL-3",
            distance_m: 1234,
            basis: "model",
            cut: "range",
          }),
          zone({
            level: "yellow",
            threshold_name: "AEGL-1",
            distance_m: 8000,
            basis: "table",
            cut: null,
          }),
        ],
      },
    },
    "",
  );
  const at = incident(
    { id: "a", kind: "toxic_release", lon: LON, lat: LAT, occurred_at: "2026-01-01T00:00:00Z" },
    "",
  );

  it("writes threshold and distance on a zone's line", () => {
    expect(zoneLabel({ threshold_name: "AEGL-3", distance_m: 1234 })).toBe("AEGL-3 · 1.2 km");
  });

  it("writes a cut zone's reach as at least so far", () => {
    expect(zoneLabel({ threshold_name: "AEGL-3", distance_m: 5400, cut: "time" })).toBe(
      "AEGL-3 · ≥ 5.4 km",
    );
  });

  it("names a table zone in the reader's language", () => {
    speak("en");
    expect(zoneLabel({ threshold_name: "isolation", distance_m: 600 })).toBe(
      "Initial isolation · 600 m",
    );
  });

  it("draws a cut for the zone that was cut, and only for it", () => {
    const data = planData(plan, at);
    expect(data.cuts.features.map(({ properties }) => properties.level)).toEqual(["red"]);
    expect(data.zones.features.map(({ properties }) => properties.basis)).toEqual([
      "model",
      "table",
    ]);
  });

  it("lays the worse zone over the milder", () => {
    const ranks = planData(plan, at).zones.features.map(({ properties }) =>
      Number(properties.rank),
    );
    expect(ranks[0]).toBeGreaterThan(ranks[1] ?? 0);
  });

  it("shows where the cloud is at a moment, over the faded whole of it", () => {
    const ring = [metres(0, 0), metres(10, 0), metres(10, 10), metres(0, 0)];
    const part = (time_s: number) => ({
      type: "Feature",
      geometry: { type: "Polygon", coordinates: [ring] },
      properties: { level: "red", time_s },
    });
    const moving = assessment(
      {
        id: "a",
        zones: {
          type: "FeatureCollection",
          features: ["toxic", "thermal"].map((hazard) => ({
            ...part(0),
            properties: { level: "red", hazard },
          })),
        },
        slices: { type: "FeatureCollection", features: [part(60), part(120), part(120)] },
      },
      "",
    );
    expect(sliceTimes(moving)).toEqual([60, 120]);
    const whole = planData(moving, at);
    expect(whole.slices.features).toEqual([]);
    expect(whole.zones.features.map(({ properties }) => properties.faint)).toEqual([false, false]);
    const then = planData(moving, at, 120);
    expect(then.slices.features).toHaveLength(2);
    expect(then.zones.features.map(({ properties }) => properties.faint)).toEqual([true, false]);
  });

  it("draws nothing without a plan", () => {
    expect(Object.values(planData(null, at)).every(({ features }) => features.length === 0)).toBe(
      true,
    );
  });
});

describe("tiles", () => {
  it("the address names every filled layer of features once, and leaves the revision blank", () => {
    const { layers: known } = layers(
      {
        layers: [
          { name: "team", count: 3, revision: 12 },
          { name: "hazard_source", count: 1, revision: 40 },
          { name: "fire_water", count: 0, revision: 99 },
          { name: "building", count: 9, revision: 77 },
          { name: "incident", count: 1, revision: 80 },
        ],
      },
      "",
    );
    const basemap = { tiles: "/tiles/basemap/c0ffee/{z}/{x}/{y}.mvt", maxzoom: 14 };
    const addresses = tileAddresses({
      layers: known,
      basemap: { ...basemap, live: false, reason: null },
      where: { team: "kind = 'fire'", building: "levels > 3" },
    });
    const [path = "", query] = addresses.get("features")?.split("?") ?? [];
    expect(path).toMatch(/\/tiles\/hazard_source,team\/0\/\{z\}\/\{x\}\/\{y\}\.mvt$/);
    const asked = new URLSearchParams(query);
    expect(JSON.parse(asked.get("where") ?? "")).toEqual({ team: "kind = 'fire'" });
    expect(addresses.get("basemap")).toMatch(/\/tiles\/basemap\/c0ffee\/\{z\}/);
  });
});

describe("a layer of features", () => {
  const catalogue = { layers: [{ name: "enterprise", count: 1, revision: 1 }] };
  const drawn = layers(catalogue, "").layers.flatMap((layer) => featureLayers(layer, "zh"));
  const filter = (part: string): unknown => {
    const layer = drawn.find(({ id }) => id === `enterprise-${part}`);
    return layer && "filter" in layer ? layer.filter : null;
  };

  it("has its symbols and names at anchors, its fill and edge on outlines", () => {
    const noCell = ["!", ["has", "count"]];
    const points = ["all", ["==", ["geometry-type"], "Point"], noCell];
    expect(filter("symbol")).toEqual(points);
    expect(filter("area")).toEqual(["all", ["==", ["geometry-type"], "Polygon"], noCell]);
    expect(filter("edge")).toEqual(["all", ["!=", ["geometry-type"], "Point"], noCell]);
  });

  it("is pressed at its symbol, its fill and its edge", () => {
    const asked: unknown[] = [];
    const map = {
      project: () => ({ x: 0, y: 0 }),
      getLayer: () => true,
      queryRenderedFeatures: (_: unknown, { layers }: { layers: string[] }) => {
        asked.push(...layers);
        return [{ sourceLayer: "enterprise", properties: { id: "a" } }];
      },
    };
    const found = pick(map as unknown as GlMap, 0, 0, ["enterprise"]);
    expect(found).toEqual({ layer: "enterprise", id: "a" });
    expect(asked).toEqual([
      "moving-symbol",
      "enterprise-symbol",
      "enterprise-area",
      "enterprise-edge",
    ]);
  });
});

describe("symbols", () => {
  it("a kind without a symbol of its own has its layer's", () => {
    expect([
      symbolName("team", "fire"),
      symbolName("team", "choir"),
      symbolName("nowhere"),
    ]).toEqual(["team-fire", "team", "feature"]);
  });

  it("every symbol is well-formed SVG without anything from outside", () => {
    for (const [name, body] of SYMBOLS) {
      const parsed = new DOMParser().parseFromString(
        `<svg xmlns="http://www.w3.org/2000/svg">${body}</svg>`,
        "image/svg+xml",
      );
      expect(parsed.querySelector("parsererror"), name).toBeNull();
      expect(body, name).not.toMatch(/href|url\(|script|undefined|"G"/);
    }
  });
});
