import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { call, type Incident, incident } from "../src/api/wire";
import { initial, type State, store } from "../src/store/state";
import { alarms, dueNext } from "../src/store/wall_alarms";
import { loadMoreWords, speak } from "../src/text/i18n";

const NOW = Date.parse("2026-11-22T10:00:00Z");
const at = (minutes: number): string => new Date(NOW + minutes * 60_000).toISOString();
const reported = (id: string, more: Record<string, unknown> = {}): Incident =>
  incident(
    { id, kind: "fire", title: `事件${id}`, lon: 121, lat: 31, occurred_at: at(-60), ...more },
    "",
  );
const deadline = (minutes: number, more: Record<string, unknown> = {}) => ({
  what: "first",
  channel: "phone",
  addressee: "next",
  due_at: at(minutes),
  done_at: null,
  done_by: null,
  missed: false,
  source: "",
  title: "首报 · 电话",
  note: null,
  ...more,
});
const due = (...deadlines: ReturnType<typeof deadline>[]) => ({ deadlines, received_at: at(-60) });
const proposal = (minutes: number, state = "open") => ({
  id: "p",
  reason: "reading_outside",
  state,
  made_at: at(minutes),
  title: { text: "分区外测得 30 ppm" },
  exposes: ["一小", "二小", "三小", "四小"].map((name) => ({ id: name, layer: "x", name })),
  exposes_count: 6,
  people: 900,
});
const line = (minutes: number | null, more: Record<string, unknown> = {}) =>
  call(
    {
      id: `c${minutes}`,
      purpose: { code: "warn", text: "通知疏散" },
      name: "李雷",
      phone: "13900000000",
      feature_name: "港区医院",
      due_at: minutes === null ? null : at(minutes),
      ...more,
    },
    "",
  );
const alert = (minutes: number) => ({
  id: "a",
  kind: "silent",
  tracker: "7",
  name: "消防一车",
  opened_at: at(minutes),
  incident_id: null,
  acknowledged_at: null,
  closed_at: null,
});

function state(patch: Record<string, unknown>, duty: Record<string, unknown> = {}): State {
  return { ...initial, ...patch, duty: { ...initial.duty, ...duty } } as unknown as State;
}
const kinds = (of: State): string[] => alarms(of, NOW).map(({ is }) => is);

describe("what a wall warns of", () => {
  it("is every open proposal, missed deadline, unanswered call and alert, the newest first", () => {
    const shown = state(
      {
        incidents: [reported("1")],
        incident: "1",
        alerts: [alert(-4)],
        calls: { "1": [line(-1), line(-9)] },
      },
      {
        deadlines: { "1": due(deadline(-2)) },
        proposals: { "1": [proposal(-3), proposal(-1, "run")] },
      },
    );
    expect(kinds(shown)).toEqual(["calls", "missed", "proposal", "alert"]);
  });

  it("is one thing for a whole sheet of calls, since the last that was due", () => {
    const calls = [line(-1), line(-9), line(5), line(-20, { result: "answered" }), line(null)];
    const [found] = alarms(state({ incidents: [reported("1")], calls: { "1": calls } }), NOW);
    expect(found).toMatchObject({ is: "calls", at: NOW - 60_000 });
    expect(found?.is === "calls" && found.late.length).toBe(2);
  });

  it("holds nothing of an exercise while a real incident is open, whatever is on the map", () => {
    const drill = reported("drill", { exercise: true });
    const duty = {
      deadlines: { drill: due(deadline(-2)), real: due(deadline(30)) },
      proposals: { drill: [proposal(-1)] },
    };
    const patch = { calls: { drill: [line(-1)] }, alerts: [alert(-4)], incident: "drill" };
    const both = state({ ...patch, incidents: [drill, reported("real")] }, duty);
    expect(kinds(both)).toEqual([]);
    expect(dueNext(both, NOW)?.incident.id).toBe("real");
    const alone = state({ ...patch, incidents: [drill] }, duty);
    expect(kinds(alone)).toEqual(["proposal", "calls", "missed", "alert"]);
  });

  it("is nothing while the wall shows the past, and of no incident that is closed", () => {
    const duty = { deadlines: { "1": due(deadline(-2), deadline(9)) } };
    const open = state({ incidents: [reported("1")] }, duty);
    expect(kinds(open)).toEqual(["missed"]);
    const past = { ...open, replay: { at: NOW } } as unknown as State;
    expect([kinds(past), dueNext(past, NOW)]).toEqual([[], null]);
    expect(kinds(state({ incidents: [reported("1", { status: "closed" })] }, duty))).toEqual([]);
  });

  it("counts down the report that is due next of all incidents, missed and done ones apart", () => {
    const duty = {
      deadlines: {
        "1": due(deadline(-2), deadline(1, { done_at: at(-1) }), deadline(40)),
        "2": due(deadline(12)),
      },
    };
    const shown = state({ incidents: [reported("1"), reported("2")] }, duty);
    expect(dueNext(shown, NOW)).toMatchObject({ incident: { id: "2" }, near: true });
  });
});

describe("the alarms on a wall", () => {
  const asked: string[] = [];
  beforeEach(async () => {
    asked.length = 0;
    vi.useFakeTimers({ now: NOW });
    vi.stubGlobal("fetch", (url: string) => {
      const path = new URL(url, "http://x").pathname;
      asked.push(path.split("/").slice(-2).join("/"));
      const body = path.endsWith("deadlines")
        ? due(deadline(-2), deadline(20))
        : path.endsWith("proposals")
          ? { proposals: [proposal(-1)] }
          : { calls: [line(-1), line(-2)] };
      return Promise.resolve(new Response(JSON.stringify(body), { status: 200 }));
    });
    await loadMoreWords("hall");
    speak("zh");
    store.set({ ...initial, incidents: [reported("1")], incident: "1", now: NOW });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
    document.body.replaceChildren();
  });

  it("are read of each incident that stands, name places and nobody's number, and say what is due", async () => {
    const { heard } = await import("../src/store/heard");
    await import("../src/hall/alarms");
    const panel = document.createElement("om-hall-alarms");
    document.body.append(panel);
    await vi.advanceTimersByTimeAsync(200);
    expect(asked.sort()).toEqual(["1/calls", "1/deadlines", "1/proposals"]);
    await vi.advanceTimersByTimeAsync(200);
    const said = panel.textContent?.replaceAll(/\s+/g, " ") ?? "";
    expect(said).toContain("告警 3");
    expect(said).toContain("分区外测得 30 ppm");
    expect(said).toContain("一小、二小 +4");
    expect(said).toContain("港区医院");
    expect(said).not.toMatch(/李雷|13900000000/);
    expect(panel.querySelector(".due time")?.textContent).toBe("20:00");
    asked.length = 0;
    heard({ layer: "proposal", incident: "1", feature: "p", op: "insert" } as never);
    heard({ layer: "proposal", incident: "other", feature: "p", op: "insert" } as never);
    await vi.advanceTimersByTimeAsync(200);
    expect(asked).toEqual(["1/proposals"]);
  });
});
