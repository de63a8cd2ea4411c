import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { evacuation } from "../src/api/evacuation";
import {
  acceptProposal,
  asked,
  assignmentOf,
  editDemand,
  isAsked,
  openDispatch,
  proposeDispatch,
  toggleIncident,
  toggleProposed,
} from "../src/store/dispatch";
import * as leaving from "../src/store/evacuation";
import { keepIncident } from "../src/store/incidents";
import { initial, store } from "../src/store/state";
import { speak } from "../src/text/i18n";

const I1 = "0198a1b2-0000-7000-8000-000000000001";
const I2 = "0198a1b2-0000-7000-8000-000000000002";
const incident = (id: string) => ({
  id,
  kind: "fire",
  title: id,
  lon: 121,
  lat: 31,
  occurred_at: "2026-11-22T12:00:00Z",
  reported_at: null,
  plan_id: null,
  substance: null,
  substance_en: null,
  cas: null,
  release: {},
  weather: null,
  status: "open",
  accident_grade: null,
  response_level: null,
  warning_level: null,
  exercise: false,
  version: 1,
  unapproved: [],
  updated_at: null,
  number: null,
  fid: null,
});
const given = (more: Record<string, unknown>) => ({
  incident: I1,
  demand: "0",
  layer: "team",
  id: "f1",
  name: "Station 1",
  what: "vehicle",
  item: "ambulance",
  amount: 2,
  unit: "vehicle",
  travel_time_s: 300,
  why: [],
  ...more,
});
const proposal = (by: string, best: number, assignments = [given({})]) => ({
  assignments,
  demands: [
    {
      incident: I1,
      demand: "0",
      what: "vehicle",
      name: "ambulance",
      amount: 3,
      unit: "vehicle",
      met: 2,
      missing: 1,
    },
  ],
  solved: {
    by,
    status: by,
    greedy: 100,
    best,
    bound: by === "optimal" ? best : null,
    gap: by === "optimal" ? 0 : null,
    seconds: 0.1,
  },
});

beforeEach(() => {
  speak("en");
  store.set({ ...initial, incident: I1 });
  keepIncident(incident(I1));
  keepIncident(incident(I2));
  openDispatch();
});
afterEach(() => vi.unstubAllGlobals());

const ask = (): void => editDemand(I1, 0, { what: "vehicle", name: "ambulance", amount: 3 });

describe("demand", () => {
  it("asks for nothing without a name, an amount, and for stock a unit", () => {
    const row = { what: "stock" as const, name: "foam", amount: 5, unit: "t" };
    expect(isAsked(row)).toBe(true);
    for (const wrong of [{ name: " " }, { amount: 0 }, { amount: Number.NaN }, { unit: "" }])
      expect(isAsked({ ...row, ...wrong })).toBe(false);
    expect(isAsked({ what: "team", name: "fire", amount: 1, unit: "" })).toBe(true);
  });

  it("is of several incidents at once, and at least of one", () => {
    toggleIncident(I2);
    expect(Object.keys(store.state.dispatching?.demands ?? {})).toEqual([I1, I2]);
    toggleIncident(I2);
    toggleIncident(I1);
    expect(Object.keys(store.state.dispatching?.demands ?? {})).toEqual([I1]);
  });

  it("that changes drops the proposal, which answered another question", async () => {
    vi.stubGlobal(
      "fetch",
      vi.fn(async () => new Response(JSON.stringify(proposal("greedy", 100)))),
    );
    ask();
    await proposeDispatch();
    expect(store.state.dispatching?.proposal).not.toBeNull();
    editDemand(I1, 0, { amount: 4 });
    expect(store.state.dispatching?.proposal).toBeNull();
  });
});

describe("a proposal", () => {
  it("comes greedy at once; the best takes its place", async () => {
    const seen: (string | undefined)[] = [];
    const fetched = vi.fn(async (_: string, init?: RequestInit) => {
      const { solve, incidents } = JSON.parse(String(init?.body));
      seen.push(store.state.dispatching?.proposal?.solved.by);
      expect(incidents).toEqual([
        { id: I1, demand: [{ what: "vehicle", kind: "ambulance", amount: 3 }] },
      ]);
      return new Response(JSON.stringify(proposal(solve, solve === "optimal" ? 80 : 100)));
    });
    vi.stubGlobal("fetch", fetched);
    ask();
    await proposeDispatch();
    expect(seen).toEqual([undefined, "greedy"]);
    expect(store.state.dispatching).toMatchObject({
      solving: null,
      proposal: { solved: { best: 80 } },
    });
  });

  it("keeps the greedy answer where the best cannot be had", async () => {
    vi.stubGlobal(
      "fetch",
      vi.fn(async (_: string, init?: RequestInit) =>
        JSON.parse(String(init?.body)).solve === "greedy"
          ? new Response(JSON.stringify(proposal("greedy", 100)))
          : new Response(JSON.stringify({ error: { code: "busy", message: "busy" } }), {
              status: 503,
            }),
      ),
    );
    ask();
    await proposeDispatch();
    expect(store.state.dispatching).toMatchObject({
      solving: null,
      proposal: { solved: { by: "greedy" } },
    });
    expect(store.state.notices[0]?.text).toBe("busy");
  });

  it("is ordered as chosen, an incident at a time, and once however often it is sent", async () => {
    const bodies: { id: string; assignments: unknown[] }[] = [];
    let down = true;
    vi.stubGlobal(
      "fetch",
      vi.fn(async (path: string, init?: RequestInit) => {
        const body = JSON.parse(String(init?.body));
        if (path.endsWith("/dispatch")) {
          const two = [given({}), given({ id: "f2" }), given({ incident: I2, id: "f3" })];
          const incidents = [
            { id: I1, approach: { lon: 121.2, lat: 31.2, inside_zone: true } },
            { id: I2, approach: { lon: 121.3, lat: 31.3, inside_zone: false } },
          ];
          return new Response(JSON.stringify({ ...proposal(body.solve, 80, two), incidents }));
        }
        bodies.push({ ...body, path });
        if (down) return new Response("{}", { status: 503 });
        return new Response(JSON.stringify({ tasks: [] }), { status: 201 });
      }),
    );
    ask();
    toggleIncident(I2);
    editDemand(I2, 0, { what: "team", name: "fire" });
    await proposeDispatch();
    toggleProposed(1);
    await acceptProposal();
    expect(store.state.dialog).toBe("dispatch");
    down = false;
    await acceptProposal();
    const [first, again, other] = bodies;
    expect(again?.id).toBe(first?.id);
    expect(other?.id).not.toBe(first?.id);
    expect(again?.assignments).toEqual([
      {
        layer: "team",
        id: "f1",
        what: "vehicle",
        kind: "ambulance",
        amount: 2,
        unit: "vehicle",
        travel_time_s: 300,
        lon: 121.2,
        lat: 31.2,
      },
    ]);
    expect(other?.assignments[0]).not.toHaveProperty("lon");
    expect(store.state).toMatchObject({ dialog: null, tab: "tasks" });
  });

  it("names stock by its item and row, a team by nothing but itself", () => {
    const read = (more: Record<string, unknown>) =>
      ({
        ...given(more),
        name_en: null,
        kind: null,
        vehicle: null,
        lon: null,
        lat: null,
        arrives_at: null,
        stock_id: null,
        ...more,
      }) as Parameters<typeof assignmentOf>[0];
    expect(assignmentOf(read({ what: "stock", item: "foam", stock_id: "s1" }))).toMatchObject({
      item: "foam",
      row: "s1",
    });
    expect(assignmentOf(read({ what: "team", item: "fire" }))).not.toHaveProperty("item");
  });

  it("lists what it asked for", () => {
    ask();
    const held = store.state.dispatching;
    expect(held && asked(held)).toEqual([
      { id: I1, demand: [{ what: "vehicle", name: "ambulance", amount: 3, unit: "" }] },
    ]);
  });
});

describe("an evacuation", () => {
  const answer = evacuation(
    {
      moves: [
        {
          order: 1,
          from: { id: "g1", layer: "protection_target", name_en: "School" },
          id: "s1",
          amount: 300,
          travel_time_s: 600,
          distance_m: 4000,
        },
        {
          order: 2,
          from: { id: "g2", layer: "protection_target" },
          id: "s1",
          amount: 50,
          travel_time_s: 700,
          distance_m: 5000,
        },
      ],
      stay: [],
      unplaced: [],
      shelters: [
        { id: "s1", name_en: "Hall", lon: 121, lat: 31, places: 400, taken: 350, left: 50 },
        { id: "s2", lon: 122, lat: 31, places: 400, taken: 0, left: 400 },
      ],
      routes: {
        features: [1, 2].map((order) => ({
          geometry: {
            type: "LineString",
            coordinates: [
              [121, 31],
              [121, 32],
            ],
          },
          properties: { order },
        })),
      },
    },
    "",
  );

  it("draws every way with its order, the chosen one last, and the shelters that are used", () => {
    const { features } = leaving.drawn(answer, 1);
    expect(features.map(({ properties: { role, label } }) => [role, label])).toEqual([
      ["leave", "2"],
      ["way", "1"],
      ["shelter", "Hall\n350 / 400"],
    ]);
  });

  it("makes of each group an order of its own, to its shelter", () => {
    const orders = answer.moves.map((move) => leaving.assignmentOf(move, answer));
    expect(orders[0]).toMatchObject({
      task_kind: "evacuate",
      title: "School",
      layer: "resource",
      id: "s1",
      what: "people",
      amount: 300,
      unit: "person",
      lon: 121,
      lat: 31,
    });
    expect(orders[0]?.task).not.toBe(orders[1]?.task);
  });
});
