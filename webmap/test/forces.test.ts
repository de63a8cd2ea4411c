import { render, type TemplateResult } from "lit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { assessment } from "../src/api/assessment";
import type { Closure } from "../src/api/closures";
import { task } from "../src/api/tasks";
import { incident } from "../src/api/wire";
import { byRoad, forces, roadsChanged } from "../src/panels/plan_forces";
import { initial, type State, store } from "../src/store/state";
import { showArrivalWays } from "../src/store/ways";
import { speak } from "../src/text/i18n";

const NOW = Date.parse("2026-11-22T12:00:00Z");
const at = incident(
  {
    id: "i",
    kind: "fire",
    title: "i",
    lon: 121,
    lat: 31,
    occurred_at: "2026-11-22T11:00:00Z",
    status: "open",
  },
  "incident",
);
const post = (group: number, road: string | null) => ({
  type: "Feature",
  geometry: { type: "Point", coordinates: [121, 31] },
  properties: { role: "control", class: "trunk", group, road },
});
const came = { layer: "team", id: "t1", kind: "fire", name: "North", direction: "to", by: "road" };
const plan = assessment(
  {
    id: "a",
    incident: "i",
    created_at: "2026-11-22T11:00:00Z",
    approach: { lon: 121.01, lat: 31.02 },
    nearest: [{ ...came, lon: 121.1, lat: 31.1, travel_time_s: 330, distance_m: 5300 }],
    points: {
      type: "FeatureCollection",
      features: [post(1, "Ring Road"), post(2, null), post(1, "Ring Road")],
    },
  },
  "plan",
);
const state: State = {
  ...initial,
  now: NOW,
  incident: "i",
  incidents: [at],
  assessments: { i: plan },
};
const words = (content: TemplateResult): string => {
  const host = document.createElement("div");
  render(content, host);
  return (host.textContent ?? "").replaceAll(/\s+/g, " ");
};

beforeEach(() => {
  speak("en");
  store.set(initial);
});
afterEach(() => vi.unstubAllGlobals());

describe("who comes", () => {
  it("would take so long from now while nobody is ordered, however old the plan is", () => {
    const said = words(forces(plan, state));
    expect(said).toContain("6 min");
    expect(said).toMatch(/leaving now: \d\d:05:30/);
  });

  it("is counted down by the order once there is one", () => {
    const ordered = task(
      {
        id: "o",
        incident_id: "i",
        state: "ordered",
        layer: "team",
        feature_id: "t1",
        expected_at: "2026-11-22T12:03:20Z",
      },
      "task",
    );
    expect(words(forces(plan, { ...state, tasks: { i: [ordered] } }))).toContain("03:20");
  });

  it("meets at the plan's approach, so that a way takes as long as the list says", async () => {
    const fetched = vi.fn(async (..._: unknown[]) => new Response("{}", { status: 500 }));
    vi.stubGlobal("fetch", fetched);
    store.set(state);
    const [arrival] = plan.nearest;
    if (arrival) await showArrivalWays(arrival);
    const [address, init] = fetched.mock.calls[0] ?? [];
    expect(`${address} ${JSON.stringify(init)}`).toContain("121.01");
  });

  it("lists the control points of one road once", () => {
    expect(byRoad(plan.points.features).map((posts) => posts.length)).toEqual([2, 1]);
    expect(words(forces(plan, state))).toContain("Ring Road · 2 posts");
  });
});

describe("a plan that is older than what closes the roads", () => {
  const closed = (id: string, since: string): Closure => ({
    id,
    geometry: { type: "Point", coordinates: [121, 31] },
    kind: "bridge",
    name: null,
    reason: null,
    source: null,
    incident_id: null,
    since,
    until: null,
    closed_by: null,
    lifted_at: null,
    version: 1,
  });
  const [north] = plan.nearest;
  const around = {
    ...plan,
    nearest: north
      ? [{ ...north, avoided: [{ id: "old", kind: "bridge", name: null, level: null }] }]
      : [],
  };

  it("counts what was closed since, and what it went round for nothing", () => {
    const before = closed("old", "2026-11-22T10:00:00Z");
    const after = closed("new", "2026-11-22T11:30:00Z");
    expect(roadsChanged(plan, null)).toBe(0);
    expect(roadsChanged(around, [before])).toBe(0);
    expect(roadsChanged(around, [before, after])).toBe(1);
    expect(roadsChanged(around, [])).toBe(1);
  });

  it("says so above the arrivals", () => {
    const root = document.createElement("div");
    const closures = [closed("new", "2026-11-22T11:30:00Z")];
    render(forces(plan, { ...state, closures }), root);
    expect(root.querySelector(".warnings")?.textContent).toContain("1");
    render(forces(plan, { ...state, closures: [] }), root);
    expect(root.querySelector(".warnings")).toBeNull();
  });
});
