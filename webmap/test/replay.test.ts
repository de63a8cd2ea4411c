import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { request } from "../src/api/client";
import { anything } from "../src/api/read";
import type { Mark } from "../src/api/replay";
import { drawn } from "../src/panels/replay_marks";
import { Observable } from "../src/store/observable";
import { plotStore } from "../src/store/plot_state";
import { backToNow, openReplay, seek, setSpeed, step, togglePlay } from "../src/store/replay";
import { initial, may, store } from "../src/store/state";

const NOW = Date.parse("2026-03-01T10:00:00Z");
const at = (minute: number): number => Date.parse("2026-03-01T09:00:00Z") + minute * 60_000;
const stamp = (minute: number): string => new Date(at(minute)).toISOString();

const incident = (title: string) => ({
  id: "i1",
  kind: "other",
  title,
  lon: 120,
  lat: 30,
  occurred_at: stamp(0),
});
const MARKS = [1, 10, 20, 30].map((minute, index) => ({
  seq: index + 1,
  at: stamp(minute),
  layer: "incident",
  op: "update",
}));

const asked: string[] = [];
function answer(url: string): unknown {
  asked.push(url);
  const parts = new URL(url, "http://x");
  if (parts.pathname === "/api/v1/replay") return { marks: MARKS, more: false };
  if (parts.pathname === "/api/v1/bookmarks") return { bookmarks: [] };
  if (parts.pathname === "/api/v1/replay/state") {
    const moment = parts.searchParams.get("at") ?? "";
    const seq = MARKS.filter((mark) => mark.at <= moment).length;
    return { seq, now: moment, incidents: [incident(`as at ${seq}`)], positions: [], closures: [] };
  }
  return { incidents: [incident("now")], layers: [], attribution: [], features: [] };
}

const title = (): string | undefined => store.state.incidents[0]?.title;
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(1_000);

beforeEach(async () => {
  vi.useFakeTimers({ now: NOW });
  asked.length = 0;
  vi.stubGlobal("fetch", (url: string) =>
    Promise.resolve(new Response(JSON.stringify(answer(url)), { status: 200 })),
  );
  store.lay(null);
  store.set({ ...initial, incident: "i1", incidents: [read("now")] });
  await openReplay();
});
afterEach(() => {
  backToNow();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function read(name: string) {
  return { ...incident(name), status: "open" } as never;
}

describe("a store with something laid over it", () => {
  it("shows what is laid over, and below what was set meanwhile", async () => {
    const one = new Observable({ a: 1, b: 2 });
    const told: string[] = [];
    one.subscribe((_, changed) => told.push([...changed].join()));
    one.lay({ a: 9 });
    one.set({ a: 5, b: 6 });
    expect(one.state).toEqual({ a: 9, b: 6 });
    expect(one.below).toEqual({ a: 5, b: 6 });
    one.lay(null);
    expect(one.state).toEqual({ a: 5, b: 6 });
    await Promise.resolve();
    expect(told).toEqual(["a,b"]);
  });
});

describe("the line of time", () => {
  it("goes from before the incident until now", () => {
    const { replay } = store.state;
    expect(replay?.from).toBe(at(-1));
    expect(replay?.to).toBe(NOW);
    expect(replay?.at).toBeNull();
    expect(title()).toBe("now");
  });

  it("shows everything as it was, and the clock of then", async () => {
    seek(at(15));
    await settle();
    expect(title()).toBe("as at 2");
    expect(store.state.now + store.state.skew_ms).toBe(at(15));
    expect(document.body.classList.contains("past")).toBe(true);
    backToNow();
    expect(title()).toBe("now");
    expect(document.body.classList.contains("past")).toBe(false);
  });

  it("what comes live meanwhile is not shown, and is there afterwards", async () => {
    seek(at(15));
    await settle();
    store.set({ incidents: [read("later")] });
    expect(title()).toBe("as at 2");
    backToNow();
    expect(title()).toBe("later");
  });

  it("nothing can be written while the past is shown", async () => {
    seek(at(15));
    const write = request("/api/v1/incidents", anything, { method: "POST", body: {} });
    await expect(write).rejects.toMatchObject({ code: "looking_back" });
    const session = {
      permissions: ["incidents.write", "incidents.read"],
      site: { attribution: [] },
    } as never;
    store.set({ session });
    expect(may(store.state, "incidents.write")).toBe(false);
    expect(may(store.state, "incidents.read")).toBe(true);
    backToNow();
    expect(may(store.state, "incidents.write")).toBe(true);
    await request("/api/v1/incidents", anything, { method: "POST", body: {} });
  });

  it("steps from entry to entry and stays where there is none", () => {
    step(-1);
    expect(store.state.replay?.at).toBe(at(30));
    step(-1);
    step(-1);
    expect(store.state.replay?.at).toBe(at(10));
    step(1);
    expect(store.state.replay?.at).toBe(at(20));
    seek(at(1));
    step(-1);
    expect(store.state.replay?.at).toBe(at(1));
  });

  it("plays at its speed, asks only where something happened, and stops at the end", async () => {
    setSpeed(60);
    seek(at(0));
    await settle();
    togglePlay();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(store.state.replay?.at).toBe(at(10));
    setSpeed(600);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(store.state.replay).toMatchObject({ at: NOW, playing: false });
  });

  it("a server that is away is told on the line and asked again", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("away")));
    seek(at(15));
    await settle();
    expect(store.state.replay?.failed).toBe(true);
    vi.stubGlobal("fetch", (url: string) =>
      Promise.resolve(new Response(JSON.stringify(answer(url)), { status: 200 })),
    );
    await vi.advanceTimersByTimeAsync(5_000);
    expect(store.state.replay?.failed).toBe(false);
    expect(title()).toBe("as at 2");
  });

  it("what is drawn on the map then lies over what is drawn now", async () => {
    seek(at(15));
    await settle();
    expect(plotStore.state.loaded).toBe(true);
    expect(plotStore.state.incident).toBe("i1");
    backToNow();
    expect(plotStore.state).toEqual(plotStore.below);
    expect(plotStore.state.incident).toBeNull();
  });

  it("follows the server's clock where the page's own is an hour wrong", async () => {
    backToNow();
    store.set({ skew_ms: 3_600_000, replay: null });
    await openReplay();
    expect(store.state.replay?.to).toBe(NOW + 3_600_000);
  });
});

describe("marks on the line", () => {
  const mark = (minute: number, layer: string): Mark => ({ at: at(minute), layer }) as Mark;
  const span = { from: at(0), to: at(100) };

  it("of one look and place are one, and what lies outside is none", () => {
    const found = drawn(
      [mark(10, "task"), mark(10, "task"), mark(10, "note"), mark(-5, "task")],
      span,
    );
    expect(found).toEqual([
      { look: "force", place: 0.1 },
      { look: "word", place: 0.1 },
    ]);
  });

  it("are never more than the line has room for", () => {
    const many = Array.from({ length: 2000 }, (_, index) => mark(index / 20, "task"));
    expect(drawn(many, span).length).toBeLessThanOrEqual(401);
  });
});
