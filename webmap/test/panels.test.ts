import { render, type TemplateResult } from "lit";
import { beforeEach, describe, expect, it } from "vitest";
import { assessment, targetCount } from "../src/api/assessment";
import { incident, layers } from "../src/api/wire";
import { byGrade, ofToday } from "../src/hall/rest";
import { people } from "../src/panels/plan_people";
import { situation } from "../src/panels/plan_situation";
import { zones } from "../src/panels/plan_zones";
import { windText } from "../src/panels/wind";
import { initial, openIncidents } from "../src/store/state";
import { speak } from "../src/text/i18n";

const NOW = Date.parse("2026-11-22T12:00:00Z");
const shown = (content: TemplateResult): HTMLElement => {
  const host = document.createElement("div");
  render(content, host);
  return host;
};
const words = (content: TemplateResult): string =>
  (shown(content).textContent ?? "").replaceAll(/\s+/g, " ");
const zone = (properties: Record<string, unknown>) => ({
  type: "Feature",
  geometry: { type: "Point", coordinates: [121, 31] },
  properties: { level: "red", hazard: "toxic", distance_m: 600, area_m2: 1e6, ...properties },
});
const target = { id: "t", layer: "protection_target", level: "red", people: 10 };
const read = (more: Record<string, unknown>) => assessment({ id: "a", ...more }, "assessment");
const reported = (id: string, status: string, occurred_at: string) =>
  incident({ id, kind: "fire", title: id, lon: 121, lat: 31, occurred_at, status }, "incident");

beforeEach(() => speak("en"));

describe("a plan in words", () => {
  const entered = (name: string, value: number, tag: string) => ({
    field: `weather.${name}`,
    value,
    tag,
  });
  const plan = read({
    assumed: [entered("wind_speed_m_s", 1.7, "assumed"), entered("wind_from_deg", 127, "measured")],
    exposure: {
      targets: [target],
      target_count: 812,
      by_action: {
        evacuate: { count: 700, people: 41_300, people_unknown: 3 },
        shelter: { count: 112, people: 5_200, people_unknown: 0 },
      },
    },
    advice: ["a", "b", "c", "d"].map((text) => ({ code: text, text })),
    steps: [{ name: "zones", status: "failed", reason: { code: "x", text: "why" } }],
  });
  const at = reported("i", "open", "2026-11-22T08:00:00Z");

  it("the wind is named by where it comes from, in the reader's language", () => {
    expect(windText(plan)).toBe("Wind from SE, 1.7 m/s");
    speak("zh");
    expect(windText(plan)).toBe("东南风 1.7 m/s");
  });

  it("the summary tells the wind with a tag for each of its sources", () => {
    const tags = [...shown(situation(plan, at, initial)).querySelectorAll(".plan-wind .tag")];
    expect(tags.map((tag) => tag.textContent)).toEqual(["measured", "assumed"]);
  });

  it("an English summary has no Chinese punctuation", () => {
    const said = words(situation(plan, at, initial));
    expect(said).toContain("More measures (1)");
    expect(said).not.toMatch(/[\u3000-\u303f\uff00-\uffef]/);
  });

  it("all targets are counted, also those that the list leaves out", () => {
    expect(targetCount(plan)).toBe(812);
    expect(words(situation(plan, at, initial))).toContain("812");
    const said = words(people(plan, initial));
    expect(said).toContain("700 places");
    expect(said).toContain("41,000");
    expect(said).toContain("112 places");
  });

  it("a zone of a distance table has no threshold; a toxic level tells its exposure time", () => {
    const table = words(zones(read({ zones: collected({ basis: "table", threshold: null }) })));
    expect(table).not.toContain("threshold");
    const level = { threshold: 20, unit: "ppm", averaging_s: 3600 };
    const said = words(zones(read({ zones: collected(level) })));
    expect(said).toMatch(/threshold ?20 ppm/);
    expect(said).toMatch(/averaging time ?60 min/);
  });
});

describe("the wall at rest", () => {
  const incidents = [
    reported("today", "closed", "2026-11-22T11:00:00Z"),
    reported("before", "open", "2026-11-20T11:00:00Z"),
  ];
  const catalogue = layers(
    { layers: [{ name: "hazard_source", count: 123, group: "risk" }] },
    "layers",
  );

  it("counts only incidents that are not closed", () => {
    expect(openIncidents({ ...initial, incidents }).map(({ id }) => id)).toEqual(["before"]);
  });

  it("shows today's incidents, and hazard sources by grade with those of none", () => {
    const state = { ...initial, now: NOW, incidents, layers: catalogue.layers };
    const said = words(byGrade({ ...state, grades: [28, 20, 30, 40] }) as TemplateResult);
    expect(ofToday(incidents, NOW).map(({ title }) => title)).toEqual(["today"]);
    expect(said).toMatch(/not graded ?5/);
  });

  it("a grade that could not be counted is a dash, and then nobody knows the rest", () => {
    const state = { ...initial, now: NOW, layers: catalogue.layers };
    const said = words(byGrade({ ...state, grades: [28, null, 30, 40] }) as TemplateResult);
    expect(said).toContain("—");
    expect(said).not.toContain("not graded");
  });
});

function collected(properties: Record<string, unknown>) {
  return { type: "FeatureCollection", features: [zone(properties)] };
}
