import { render } from "lit";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { getDossier } from "../src/api/dossier";
import { layers } from "../src/api/wire";
import { units } from "../src/panels/dossier_units";
import { initial } from "../src/store/state";
import { themeBody } from "../src/store/themes";
import { speak } from "../src/text/i18n";

const feature = (id: string, properties: Record<string, unknown>) => ({
  type: "Feature",
  id,
  geometry: { type: "Point", coordinates: [121, 31] },
  properties,
});
const row = {
  substance: "chlorine",
  quantity_t: 37.9,
  ratio: 7.58,
  weighted: 30.32,
  critical: { critical_t: 5, beta: 4, critical_source: "GB 18218-2018, table 1, row 12" },
};
const grading = {
  standard: "GB 18218-2018",
  level: "3",
  filed_grade: "4",
  differs: true,
  s: 7.58,
  r: 15.16,
  weighted: 30.32,
  rows: [row, { substance: "unknown stuff", missing: { code: "m", text: "not in the table" } }],
  people: { number: 0, basis: "counted", alpha_low: 0.5, alpha_high: 0.5, target_count: 0 },
};
const answer = (body: unknown): void => {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify(body))));
};

beforeEach(() => speak("en"));

describe("the file of an enterprise", () => {
  const file = {
    enterprise: { ...feature("e", { name: "Plant" }), contacts: [] },
    park: feature("p", { name: "Park" }),
    hazard_sources: [{ ...feature("h", { name: "Tank", grade: "4" }), tanks: [], grading }],
    surroundings: [
      { layer: "team", rings: [{ radius_m: 500, count: 2, people: 30 }], nearest: [] },
    ],
  };

  it("its owner is the enterprise, and its park is only named", async () => {
    answer(file);
    const read = await getDossier("enterprise", "e");
    expect(read.owner.feature.properties.name).toBe("Plant");
    expect(read.park?.properties.name).toBe("Park");
    expect(read.surroundings[0]?.rings[0]).toEqual({
      radius_m: 500,
      count: 2,
      sums: { people: 30 },
    });
  });

  it("a grade that differs from what was filed is said, with every line of its working", async () => {
    answer(file);
    const host = document.createElement("div");
    render(units(await getDossier("enterprise", "e"), initial), host);
    const said = (host.textContent ?? "").replaceAll(/\s+/g, " ");
    expect(said).toContain("differs from what was filed");
    expect(said).toContain("not in the table");
    expect(said).toMatch(/S = .* = 7\.58/);
    expect(said).toMatch(/R = .* = 15\.16/);
  });

  it("of a park, the owner is the park", async () => {
    answer({ park: { ...feature("p", { name: "Park" }), contacts: [] } });
    const read = await getDossier("park", "p");
    expect(read.owner.feature.properties.name).toBe("Park");
    expect(read.park).toBeNull();
  });
});

describe("a theme map", () => {
  const known = layers({ layers: [{ name: "team" }, { name: "park" }, { name: "incident" }] }, "");

  it("keeps what is shown and what is asked, and nothing that is off", () => {
    const asking = { ...initial.asking, filters: { team: "people > 5" } };
    const state = { ...initial, layers: known.layers, hidden: new Set(["team", "park"]), asking };
    expect(themeBody(state, " Mine ", true)).toEqual({
      title: "Mine",
      shared: true,
      layers: [{ layer: "team", visible: false, filter: "people > 5" }],
      view: {},
    });
  });
});
