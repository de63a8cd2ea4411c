import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { getWays } from "../src/api/roads";
import { avoidedName } from "../src/panels/avoided";
import { askRoads, banded, editAsked } from "../src/store/asked";
import { initial, store } from "../src/store/state";
import { askWays, askWaysAgain, chooseWay, clearWays, drawn } from "../src/store/ways";
import { speak } from "../src/text/i18n";

const line = (...coordinates: number[][]) => ({ type: "LineString", coordinates });
const way = (travel_time_s: number, end: number, more: object = {}) => ({
  type: "Feature",
  geometry: line([0, 0], [1, end]),
  properties: { distance_m: 1000, travel_time_s, steps: [], ...more },
});
const ROUTE = way(600, 1, {
  steps: [{ code: "turn_left", text: "Turn left", lon: 0, lat: 0, distance_m: 90 }],
  avoided: [{ kind: "zone", id: null, name: "toxic", level: "red" }],
  avoided_s: 74,
  alternatives: [way(660, 2)],
});
const asked = { from: [0, 0], to: [1, 1], vehicle: "ambulance", incident: "i1", alternatives: 2 };
const answer = (body: object): void => {
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => new Response(JSON.stringify(body))),
  );
};

beforeEach(() => {
  speak("en");
  store.set(initial);
});
afterEach(() => vi.unstubAllGlobals());

describe("ways between two places", () => {
  it("come with steps in words, what they avoid, and others beside them", async () => {
    answer(ROUTE);
    const [first, second] = await getWays(asked);
    expect(first).toMatchObject({ travel_time_s: 600, avoided_s: 74 });
    expect(first?.steps.map(({ text }) => text)).toEqual(["Turn left"]);
    expect(second?.travel_time_s).toBe(660);
  });

  it("are drawn with the chosen one on top, and its ends", async () => {
    answer(ROUTE);
    await askWays("arrival", asked);
    const roles = () =>
      store.state.answer.features.map(({ properties: { role, icon } }) => icon ?? role);
    expect(roles()).toEqual(["other", "way", "way-from", "way-to"]);
    chooseWay(1);
    const [other] = store.state.answer.features;
    expect(other?.geometry).toEqual(line([0, 0], [1, 1]));
    clearWays();
    expect(roles()).toEqual([]);
  });

  it("are asked for again when a road is closed", async () => {
    answer(ROUTE);
    await askWays("arrival", asked);
    answer(way(900, 3));
    await askWaysAgain();
    expect(store.state.ways?.list.map(({ travel_time_s }) => travel_time_s)).toEqual([900]);
  });

  it("that there are none leaves nothing drawn, and the reason stays", async () => {
    vi.stubGlobal(
      "fetch",
      vi.fn(
        async () =>
          new Response(JSON.stringify({ error: { code: "no_path", message: "no open way" } }), {
            status: 422,
          }),
      ),
    );
    expect(await askWays("arrival", asked)).toBe(false);
    expect(store.state).toMatchObject({ ways: null, notices: [{ text: "no open way" }] });
  });

  it("without a chosen way have nothing to draw but the ends", () => {
    expect(drawn({ of: "x", list: [], chosen: 0, asked }).features).toHaveLength(2);
  });
});

describe("what a way goes round", () => {
  it("is a zone by level and hazard, a closed road by kind and name", () => {
    const zone = { kind: "zone", id: null, name: "toxic", level: "red" };
    expect(avoidedName(zone)).toBe("Ⅰ red toxic");
    const bridge = { kind: "bridge", id: "c", name: "West Bridge", level: null };
    expect(avoidedName(bridge)).toBe("Bridge closed West Bridge");
  });
});

describe("how far one comes", () => {
  const area = (minutes: number) => ({
    type: "Feature",
    geometry: {
      type: "Polygon",
      coordinates: [
        [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 0],
        ],
      ],
    },
    properties: { role: "area", minutes, road_length_m: minutes * 1000 },
  });
  const roads = (minutes: number) => ({
    type: "Feature",
    geometry: line([0, 0], [1, 1]),
    properties: { role: "roads", minutes },
  });

  it("is in bands from the nearest on, areas and roads of one time in one colour", async () => {
    answer({ type: "FeatureCollection", features: [area(5), area(30), roads(30)] });
    store.set({ asked: { ...initial.asked, mode: "reach", from: [0, 0] } });
    await askRoads();
    const said = store.state.answer.features.map(({ properties: { role, band } }) => [role, band]);
    expect(said).toEqual([
      ["reach", 0],
      ["reach", 1],
      ["reach-line", 1],
      ["end", undefined],
    ]);
    expect(
      store.state.asked.told?.rows.map(({ name, value, band }) => [name, value, band]),
    ).toEqual([
      ["5 min", "5.0 km of road", 0],
      ["30 min", "30.0 km of road", 1],
    ]);
  });

  it("is nowhere from a closed road, and says why", async () => {
    const messages = [{ code: "reach_on_closed_road", params: {}, source: null, text: "closed" }];
    answer({ type: "FeatureCollection", features: [], messages });
    store.set({ asked: { ...initial.asked, mode: "reach", from: [0, 0] } });
    await askRoads();
    expect(store.state.asked.told?.notes).toEqual(["closed"]);
  });

  it("of no place asks nothing", async () => {
    const fetched = vi.fn();
    vi.stubGlobal("fetch", fetched);
    editAsked({ mode: "reach" });
    await askRoads();
    expect(fetched).not.toHaveBeenCalled();
    expect(banded({ type: "FeatureCollection", features: [] }, "reach").features).toEqual([]);
  });
});
