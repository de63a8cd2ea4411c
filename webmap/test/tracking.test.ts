import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { alert, movers, track } from "../src/api/positions";
import { Stream } from "../src/live/stream";
import { movingData } from "../src/map/moving";
import { freshness } from "../src/store/freshness";
import { initial, store } from "../src/store/state";
import { alertText, isWaiting, readAlerts, takeLatest } from "../src/store/tracking";
import { ago } from "../src/text/format";
import { speak } from "../src/text/i18n";

const NOW = "2026-11-22T12:00:00Z";
const MS = Date.parse(NOW);
const at = (seconds: number): string => new Date(MS - seconds * 1000).toISOString();
const one = (more: Record<string, unknown>) => ({ id: "V1", lon: 121, lat: 31, ...more });
const read = (...positions: Record<string, unknown>[]) => movers({ now: NOW, positions }, "");

beforeEach(() => {
  speak("en");
  store.set(initial);
});
afterEach(() => vi.unstubAllGlobals());

describe("a position", () => {
  it("is as old as the server says", () => {
    expect(read(one({ age_s: 12.5 }))[0]?.seenAt).toBe(MS - 12_500);
  });

  it("of the live feed is as old as the earlier of its own time and its receipt", () => {
    const behind = read(one({ at: at(40), received_at: at(2) }))[0];
    const ahead = read(one({ at: at(-90), received_at: at(2) }))[0];
    expect([behind?.seenAt, ahead?.seenAt]).toEqual([MS - 40_000, MS - 2000]);
  });

  it("of a tracker that was never heard of is none", () => {
    expect(read({ id: "V1", lon: null, lat: null, age_s: null })).toEqual([]);
  });

  it("is fresh, late after 20 s and stale after 30 s", () => {
    expect([0, 20, 21, 30, 31].map(freshness)).toEqual(["fresh", "fresh", "late", "late", "stale"]);
  });

  it("tells its age in the unit that is read at a glance", () => {
    expect([-3, 12, 119, 120, 7199, 7200, 172_800].map(ago)).toEqual([
      "0 s",
      "12 s",
      "119 s",
      "2 min",
      "119 min",
      "2 h",
      "2 d",
    ]);
  });
});

describe("the live feed", () => {
  it("moves what is newer and leaves what came late", () => {
    takeLatest(read(one({ age_s: 5 })));
    takeLatest(read(one({ age_s: 50, lon: 100 })));
    expect(store.state.movers.get("V1")?.lon).toBe(121);
    takeLatest(read(one({ age_s: 1, lon: 122 })));
    expect(store.state.movers.get("V1")?.lon).toBe(122);
  });

  it("keeps an exercise's vehicles out of the real world", () => {
    takeLatest(read(one({ age_s: 1, exercise: true })));
    expect(store.state.movers.size).toBe(0);
  });

  it("comes over the one stream, and one batch that cannot be read does not end it", () => {
    const said = vi.spyOn(console, "error").mockReturnValue();
    const handlers = { onChange: vi.fn(), onReset: vi.fn(), onLink: vi.fn(), onLatest: vi.fn() };
    const source = new EventTarget() as EventTarget & { close: () => void; readyState: number };
    Object.assign(source, { close: vi.fn(), readyState: 1 });
    const stream = new Stream("/events", handlers, () => source as unknown as EventSource);
    stream.start();
    const tell = (data: unknown) =>
      source.dispatchEvent(new MessageEvent("latest", { data: JSON.stringify(data) }));
    tell({ now: NOW, positions: [one({ at: at(3), received_at: at(2) })] });
    tell({ now: NOW, positions: "none" });
    tell({ now: NOW, positions: [] });
    expect(handlers.onLatest).toHaveBeenCalledTimes(2);
    expect(handlers.onLatest.mock.calls[0]?.[0]).toHaveLength(1);
    expect(said).toHaveBeenCalledOnce();
    expect(handlers.onReset).not.toHaveBeenCalled();
    stream.stop();
  });
});

describe("moving things on the map", () => {
  const drawn = (more: Record<string, unknown>) =>
    movingData(read(one({ kind: "vehicle", name: "Engine 1", ...more })), MS).features[0]
      ?.properties;

  it("carry name and age, and say in a word when they are stale", () => {
    expect(drawn({ age_s: 12 })).toMatchObject({ label: "Engine 1\n12 s", tone: "fresh" });
    expect(drawn({ age_s: 200 })).toMatchObject({ label: "Engine 1\nstale 3 min", tone: "stale" });
  });

  it("point where they go, and nowhere when they stand", () => {
    expect(drawn({ age_s: 1, heading_deg: 90, speed_m_s: 9 })).toHaveProperty("heading", 90);
    expect(drawn({ age_s: 1, heading_deg: 90, speed_m_s: 0 })).not.toHaveProperty("heading");
  });

  it("have a symbol by what they are", () => {
    expect(drawn({ age_s: 1, profile: "ambulance" })?.icon).toBe("mover-ambulance");
    expect(drawn({ age_s: 1, kind: "person" })?.icon).toBe("mover-person");
  });
});

describe("an alert", () => {
  const raised = (more: Record<string, unknown>) =>
    alert({ id: "a1", kind: "off_route", tracker: "V1", name: "Engine 1", ...more }, "alert");

  it("says who and what, by the name that there is", () => {
    expect(alertText(raised({}))).toBe("Engine 1: off its route");
    expect(alertText(raised({ name: null, plate: "A·12345" }))).toBe("A·12345: off its route");
  });

  it("waits until somebody has taken notice or it has ended", () => {
    expect(isWaiting(raised({}))).toBe(true);
    expect(isWaiting(raised({ acknowledged_at: NOW }))).toBe(false);
    expect(isWaiting(raised({ closed_at: NOW }))).toBe(false);
  });

  it("that is new is told once, one that was known is not", async () => {
    const session = {
      user: null,
      roles: [],
      permissions: ["positions.read"],
      demo: true,
      epoch: null,
      seq: 1,
      site: {
        name: "x",
        name_en: null,
        fictional: false,
        timezone: null,
        center: null,
        zoom: null,
        bbox: null,
        attribution: [],
      },
    };
    store.set({ session });
    const body = JSON.stringify({ alerts: [raised({})] });
    vi.stubGlobal(
      "fetch",
      vi.fn(async () => new Response(body)),
    );
    await readAlerts();
    await readAlerts();
    expect(store.state.notices.map(({ text }) => text)).toEqual(["Engine 1: off its route"]);
  });
});

describe("a track", () => {
  it("is a line in pieces with what it leaves out, or nothing where nothing was heard", () => {
    const line = {
      type: "MultiLineString",
      coordinates: [
        [
          [1, 2],
          [3, 4],
        ],
      ],
    };
    expect(
      track({ geometry: line, properties: { mileage_m: 3300, gap_count: 1, jump_count: 2 } }, ""),
    ).toMatchObject({ line, mileage_m: 3300, gap_count: 1, jump_count: 2 });
    expect(track({ geometry: null, properties: {} }, "")).toMatchObject({
      line: null,
      mileage_m: null,
    });
  });
});
