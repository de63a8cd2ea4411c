import { beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../src/api/client";
import { toggleLayer } from "../src/store/browse";
import { keepIncident } from "../src/store/incidents";
import { heardFrom } from "../src/store/link";
import { dismiss, explain, tell } from "../src/store/notices";
import { Observable } from "../src/store/observable";
import { beginReport, editReport, fillFrom, reportBody, windBody } from "../src/store/report";
import { initial, store } from "../src/store/state";
import { speak } from "../src/text/i18n";

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

beforeEach(() => {
  speak("en");
  store.set(initial);
});

describe("the observable", () => {
  it("tells once a turn, with everything that changed", async () => {
    const state = new Observable({ a: 1, b: 1, c: 1 });
    const heard = vi.fn();
    state.subscribe((_, changed) => heard([...changed].sort()));
    state.set({ a: 2 });
    state.set({ b: 2 });
    state.set({ c: 1 });
    await turn();
    expect(heard.mock.calls).toEqual([[["a", "b"]]]);
  });

  it("its state cannot be changed behind its back", () => {
    const state = new Observable({ a: 1 });
    expect(() => Object.assign(state.state, { a: 2 })).toThrow(TypeError);
  });

  it("a listener that left hears nothing", async () => {
    const state = new Observable({ a: 1 });
    const heard = vi.fn();
    state.subscribe(heard)();
    state.set({ a: 2 });
    await turn();
    expect(heard).not.toHaveBeenCalled();
  });
});

describe("a report", () => {
  const tank = {
    type: "Feature" as const,
    id: "0198a1b2-0000-7000-8000-000000000001",
    geometry: null,
    properties: {
      layer: "hazard_source",
      name: "T-1",
      substance: "chlorine",
      pressure_pa: 8e5,
      quantity_t: 60,
    },
  };

  it("takes the substance from the record and names the tank, and leaves the tank's figures there", () => {
    beginReport();
    editReport({ lon: 121.5, lat: 31.2, leak: "medium" });
    fillFrom(tank);
    const { draft } = store.state;
    if (!draft) throw new Error("no draft");
    const body = reportBody(draft, new Date("2026-01-02T03:04:05Z"));
    expect(body).toEqual({
      id: draft.id,
      kind: "toxic_release",
      title: "Toxic release at T-1",
      lon: 121.5,
      lat: 31.2,
      occurred_at: "2026-01-02T03:04:05.000Z",
      exercise: false,
      substance: "chlorine",
      release: { leak: "medium" },
      hazard_source_id: tank.id,
    });
  });

  it("leaves out what is not known: no weather, no release, no substance", () => {
    beginReport();
    editReport({ lon: 0, lat: 0, title: "x" });
    const { draft } = store.state;
    if (!draft) throw new Error("no draft");
    expect(Object.keys(reportBody(draft, new Date(0)))).toEqual([
      "id",
      "kind",
      "title",
      "lon",
      "lat",
      "occurred_at",
      "exercise",
    ]);
  });

  it("a calm is a wind of zero, not an unknown wind", () => {
    expect(windBody(0, null)).toEqual({ wind_speed_m_s: 0 });
    expect(windBody(null, null)).toBeNull();
  });
});

describe("the page's state", () => {
  it("the newest incident comes first, and one that changed takes its own place", () => {
    const at = (id: string, occurred_at: string) =>
      ({ id, occurred_at, title: id, kind: "flood", lon: 0, lat: 0 }) as Parameters<
        typeof keepIncident
      >[0];
    keepIncident(at("old", "2026-01-01T00:00:00Z"));
    keepIncident(at("new", "2026-01-02T00:00:00Z"));
    keepIncident({ ...at("old", "2026-01-01T00:00:00Z"), title: "changed" });
    expect(store.state.incidents.map(({ title }) => title)).toEqual(["new", "changed"]);
  });

  it("a layer is switched off and on again", () => {
    toggleLayer("team");
    expect(store.state.hidden.has("team")).toBe(true);
    toggleLayer("team");
    expect(store.state.hidden.has("team")).toBe(false);
  });

  it("an error stays until it is dismissed, and is not said twice", () => {
    tell("broken", "error");
    tell("broken", "error");
    expect(store.state.notices).toHaveLength(1);
    dismiss(store.state.notices[0]?.id ?? 0);
    expect(store.state.notices).toEqual([]);
  });

  it("the server's sentence is told as it is", () => {
    expect(explain(new ApiError(422, "unknown_substance", "No such substance."))).toBe(
      "No such substance.",
    );
  });

  it("an error without a sentence is told with its status", () => {
    expect(explain(new ApiError(502, "not_json", "<html>"))).toContain("502");
  });

  it("a mistake of our own is not shown as the server's", () => {
    expect(() => explain(new TypeError("bug"))).toThrow("bug");
  });
});

describe("the state of the stream", () => {
  it("a burst of events is shown once, a change of state at once", async () => {
    vi.useFakeTimers();
    heardFrom("live", 1);
    expect(store.state.link).toMatchObject({ status: "live", seq: 1 });
    await vi.advanceTimersByTimeAsync(0);
    const told = vi.fn();
    const stop = store.subscribe(told);
    for (let seq = 2; seq <= 36; seq += 1) {
      heardFrom("live", seq);
      await vi.advanceTimersByTimeAsync(1);
    }
    await vi.advanceTimersByTimeAsync(200);
    expect(told).toHaveBeenCalledTimes(1);
    expect(store.state.link.seq).toBe(36);
    heardFrom("lost", 36);
    expect(store.state.link.status).toBe("lost");
    stop();
    vi.useRealTimers();
  });
});
