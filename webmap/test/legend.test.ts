import type { Geometry } from "geojson";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Plot } from "../src/api/plots";
import "../src/panels/legend";
import { noPlots, plotStore } from "../src/store/plot_state";
import { initial, store } from "../src/store/state";
import { loadMoreWords, speak } from "../src/text/i18n";

const BOX: [number, number, number, number] = [121, 30, 122, 31];
const IN: Geometry = { type: "Point", coordinates: [121.5, 30.5] };
const OUT: Geometry = { type: "Point", coordinates: [125, 30.5] };

function plot(id: string, fields: Partial<Plot>): Plot {
  return {
    id, kind: "point", control: [], geometry: IN, properties: { symbol: "fire_engine" }, order: 0,
    locked: false, version: 1, ...fields,
  } as Plot; // biome-ignore format: one plot a paragraph
}

const lines = (): string[] =>
  [...document.querySelectorAll("om-legend .keys li")].map(
    (line) => line.textContent?.trim() ?? "",
  );
const settle = () => new Promise((done) => setTimeout(done, 20));

function show(plots: readonly Plot[], more: Record<string, unknown> = {}): Promise<unknown> {
  plotStore.set({ incident: "i1", plots: new Map(plots.map((one) => [one.id, one])), ...more });
  return settle();
}

beforeEach(async () => {
  await loadMoreWords("desk");
  speak("en");
  store.set({ ...initial, incident: "i1", bounds: BOX });
  plotStore.set({ ...noPlots });
  document.body.replaceChildren(document.createElement("om-legend"));
  await settle();
});
afterEach(() => document.body.replaceChildren());

it("stands there only where something is drawn", async () => {
  expect(document.querySelector("om-legend section")).toBeNull();
  await show([plot("a", { geometry: OUT })]);
  expect(document.querySelector("om-legend section")).toBeNull();
});

it("tells plots by their signs, each look once with how many of it are seen", async () => {
  await show([
    plot("a", {}),
    plot("b", { order: 2 }),
    plot("c", { geometry: OUT }),
    plot("d", { kind: "cordon", properties: { cordon: "hot" }, order: 3 }),
  ]);
  expect(lines()).toEqual(["Hot zone", "Fire engine × 2"]);
  expect(document.querySelectorAll("om-legend img.symbol").length).toBe(1);
  store.set({ bounds: [124, 30, 126, 31] });
  await settle();
  expect(lines()).toEqual(["Fire engine"]);
});

it("is never longer than a dozen looks, and counts the others", async () => {
  const many = Array.from({ length: 40 }, (_, n) =>
    plot(`p${n}`, { properties: { symbol: "fire", colour: `#0000${String(n + 10)}` } }),
  );
  await show(many);
  expect(lines().length).toBe(13);
  expect(lines().at(-1)).toBe("28 more");
});

it("tells closed roads, readings and edits that are not in force, of this incident alone", async () => {
  const closure = { id: "r", kind: "fire", geometry: IN, incident_id: null };
  store.set({
    closures: [closure, { ...closure, id: "s", incident_id: "i2" }] as never,
    duty: {
      ...store.state.duty,
      readings: {
        i1: [
          { id: "1", at: "2026-01-01T00:00:00Z", quantity: "x", lon: 121.5, lat: 30.5, late: true },
        ] as never,
      },
    },
  });
  await show([plot("a", { kind: "text", properties: { text: "x" } })], {
    conflicts: [{ id: "c", plot: "a", field: "shape" }],
  });
  const [closed, late, met] = lines();
  expect(lines().length).toBe(3);
  expect(closed).toBe("Road closed");
  expect(late).toMatch(/late|earlier|time/i);
  expect(met).toBe("Edited at once, not in force");
});

it("keeps the plots of another incident to itself", async () => {
  await show([plot("a", {})], { incident: "i2" });
  expect(lines()).toEqual([]);
});
