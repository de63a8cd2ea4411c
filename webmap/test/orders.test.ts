import { render } from "lit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { assessment } from "../src/api/assessment";
import { getLeft, type Task, task } from "../src/api/tasks";
import type { FeatureCard } from "../src/api/wire";
import { arrivalOf } from "../src/panels/task_parts";
import { choicesOf, mayOrder, sendOrder } from "../src/store/ordering";
import { initial, store } from "../src/store/state";
import {
  dueTone,
  expectedAt,
  isUnderWay,
  nextState,
  order,
  permissionFor,
  step,
} from "../src/store/tasks";
import { speak } from "../src/text/i18n";

const INCIDENT = "0198a1b2-0000-7000-8000-000000000001";
const made = (more: Record<string, unknown>): Task =>
  task({ id: "t1", incident_id: INCIDENT, state: "ordered", version: 3, ...more }, "task");
const answers = (status: number, body: unknown) =>
  vi.fn(async (_: string, __?: RequestInit) => new Response(JSON.stringify(body), { status }));
const sent = (fetched: ReturnType<typeof answers>, at = 0) => {
  const [path, init] = fetched.mock.calls[at] ?? [];
  return {
    path,
    method: init?.method,
    headers: init?.headers,
    body: JSON.parse(String(init?.body)),
  };
};

beforeEach(() => {
  speak("en");
  store.set({ ...initial, incident: INCIDENT });
});
afterEach(() => vi.unstubAllGlobals());

describe("an order's steps", () => {
  it("follow one another, and an order that has ended has none", () => {
    const next = (state: string) => nextState(made({ state }));
    expect(["proposed", "ordered", "accepted", "departed", "arrived"].map(next)).toEqual([
      "ordered",
      "accepted",
      "departed",
      "arrived",
      "done",
    ]);
    expect(["done", "cancelled", "refused"].map(next)).toEqual([null, null, null]);
  });

  it("are said by who reports, except giving and calling off", () => {
    expect(["ordered", "cancelled", "departed", "done"].map(permissionFor)).toEqual([
      "tasks.order",
      "tasks.order",
      "tasks.report",
      "tasks.report",
    ]);
  });

  it("carry the version that was seen", async () => {
    const fetched = answers(200, made({ state: "accepted", version: 4 }));
    vi.stubGlobal("fetch", fetched);
    await step(made({}), "accepted", null);
    expect(sent(fetched)).toMatchObject({
      path: "/api/v1/tasks/t1",
      method: "PATCH",
      headers: { "If-Match": '"3"' },
      body: { state: "accepted" },
    });
    expect(store.state.tasks[INCIDENT]?.[0]?.state).toBe("accepted");
  });

  it("that somebody else took first are read again, and the officer is told", async () => {
    const fetched = vi.fn(async (path: string) =>
      path.endsWith("/tasks/t1")
        ? new Response(JSON.stringify({ error: { code: "changed", message: "too late" } }), {
            status: 409,
          })
        : new Response(JSON.stringify({ tasks: [made({ state: "departed", version: 5 })] })),
    );
    vi.stubGlobal("fetch", fetched);
    await step(made({}), "accepted", null);
    expect(store.state.notices.map(({ text }) => text)).toEqual(["too late"]);
    expect(store.state.tasks[INCIDENT]?.[0]?.state).toBe("departed");
  });
});

describe("an expected arrival", () => {
  const AT = Date.parse("2026-11-22T12:00:00Z");
  const iso = (seconds: number): string => new Date(AT + seconds * 1000).toISOString();
  const shown = (one: Task): Element | null => {
    const host = document.createElement("div");
    render(arrivalOf(one, AT), host);
    return host.querySelector("time");
  };

  it("is by where its last vehicle was seen, and by the plan where none is followed", () => {
    const eta = [{ expected_at: iso(60) }, { expected_at: iso(90) }, { expected_at: null }];
    expect(expectedAt(made({ expected_at: iso(10), eta }))).toBe(AT + 90_000);
    expect(expectedAt(made({ expected_at: iso(10) }))).toBe(AT + 10_000);
    expect(expectedAt(made({}))).toBeNull();
  });

  it("counts down, then is late, and after five minutes overdue", () => {
    expect([1, 0, -1, -299, -301].map(dueTone)).toEqual(["", "", "late", "late", "overdue"]);
    expect(shown(made({ expected_at: iso(200) }))?.textContent).toBe("03:20");
    const late = shown(made({ expected_at: iso(-400) }));
    expect(late?.className).toContain("overdue");
    expect(late?.textContent).toBe("06:40 late");
  });

  it("is not told of who has arrived", () => {
    const there = made({ state: "arrived", expected_at: iso(-400) });
    expect(isUnderWay(there)).toBe(false);
    expect(shown(there)).toBeNull();
  });
});

describe("a vehicle that is followed", () => {
  it("is close by, not late, once it stands at the destination", () => {
    const past = "2026-11-22T12:00:00Z";
    const said = (...states: string[]) => {
      const host = document.createElement("div");
      const eta = states.map((state) => ({ expected_at: past, at: past, state }));
      render(arrivalOf(made({ state: "departed", eta }), Date.parse(past) + 90_000), host);
      return host.textContent ?? "";
    };
    expect(said("near")).toContain("close by");
    expect(said("near", "on_route")).toContain("01:30");
  });
});

describe("ordering an arrival", () => {
  const [arrival] = assessment(
    { id: "a", nearest: [{ layer: "team", id: "f1", vehicle: "fire_engine", travel_time_s: 120 }] },
    "assessment",
  ).nearest;
  const form = {
    key: "k1",
    layer: "team",
    id: "f1",
    what: "people",
    item: null,
    row: null,
    amount: 12,
    most: 40,
    unit: "person",
    choices: [{ what: "people", item: null, row: null, most: 40, unit: "person" }],
    busy: false,
  };

  it("offers what is left: no whole team that is partly away, no vehicle that is out", () => {
    const left = {
      teams: [{ people: 40, whole: false, by_vehicle: { v1: 2, v2: 0, v3: 1 } }],
      stock: [],
    };
    const vehicle = (id: string, kind: string) => ({ id, kind, count: 9, plate: null });
    const card: FeatureCard = {
      feature: { type: "Feature", geometry: null, properties: {} },
      contacts: [],
      stock: [],
      kept: null,
      vehicles: [vehicle("v1", "foam tender"), vehicle("v2", "ladder")],
    };
    expect(choicesOf(left, card).map(({ what, item, most }) => [what, item, most])).toEqual([
      ["people", null, 40],
      ["vehicle", "foam tender", 2],
    ]);
  });

  it("never sends more than there is, nor nothing, nor before it is known what is left", () => {
    expect(mayOrder(form)).toBe(true);
    for (const wrong of [
      { amount: 41 },
      { amount: 0 },
      { amount: Number.NaN },
      { busy: true },
      { choices: null },
      { choices: [] },
    ])
      expect(mayOrder({ ...form, ...wrong })).toBe(false);
  });

  it("sends what was chosen under its own key, and keeps the form where it is refused", async () => {
    if (!arrival) throw new Error("no arrival");
    store.set({ ordering: form });
    const refused = answers(409, { error: { code: "short", message: "Boat crew has them" } });
    vi.stubGlobal("fetch", refused);
    await sendOrder(arrival);
    expect(store.state.ordering?.busy).toBe(false);
    expect(store.state.notices[0]?.text).toBe("Boat crew has them");
    const fetched = answers(201, { tasks: [made({})] });
    vi.stubGlobal("fetch", fetched);
    await sendOrder(arrival);
    expect(sent(fetched).body).toEqual({
      id: "k1",
      assignments: [
        {
          layer: "team",
          id: "f1",
          what: "people",
          amount: 12,
          unit: "person",
          travel_time_s: 120,
          vehicle: "fire_engine",
        },
      ],
    });
    expect(store.state.ordering).toBeNull();
    expect(store.state.tasks[INCIDENT]).toHaveLength(1);
  });

  it("lead to where the plan's roads end, so that who follows them is on the way", async () => {
    if (!arrival) throw new Error("no arrival");
    const ends = (inside_zone: boolean) =>
      assessment({ id: "a", approach: { lon: 121.5, lat: 31.5, inside_zone } }, "assessment");
    const there = async (inside_zone: boolean) => {
      store.set({ ordering: form, assessments: { [INCIDENT]: ends(inside_zone) } });
      const fetched = answers(201, { tasks: [made({})] });
      vi.stubGlobal("fetch", fetched);
      await sendOrder(arrival);
      return sent(fetched).body.assignments[0];
    };
    expect(await there(true)).toMatchObject({ lon: 121.5, lat: 31.5 });
    expect(await there(false)).not.toHaveProperty("lon");
  });

  it("given twice with one key says so once and keeps one order", async () => {
    vi.stubGlobal("fetch", answers(200, { tasks: [made({})] }));
    await order(INCIDENT, [], "k1");
    await order(INCIDENT, [], "k1");
    expect(store.state.tasks[INCIDENT]).toHaveLength(1);
  });

  it("asks what is left of the place for this incident", async () => {
    const fetched = answers(200, { teams: [], stock: [] });
    vi.stubGlobal("fetch", fetched);
    await getLeft(INCIDENT, "team", "f1");
    expect(fetched.mock.calls[0]?.[0]).toBe(`/api/v1/incidents/${INCIDENT}/available?team=f1`);
  });
});
