import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { plotStore } from "../src/store/plot_state";
import { initial, store } from "../src/store/state";
import { compareTwin, SideStore } from "../src/store/twin";

const incident = (title: string) =>
  ({
    id: "i1",
    kind: "other",
    title,
    lon: 120,
    lat: 30,
    occurred_at: "2026-03-01T09:00:00Z",
  }) as never;

beforeEach(() => {
  vi.stubGlobal("fetch", (url: string) => {
    const at = new URL(url, "http://x").searchParams.get("at");
    const body = { seq: 7, now: at, incidents: [incident("then")], positions: [], closures: [] };
    return Promise.resolve(new Response(JSON.stringify(body), { status: 200 }));
  });
  store.lay(null);
  store.set({ ...initial, incident: "i1", incidents: [incident("now")] });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const titled = (side: SideStore): string | undefined => side.store.state.incidents[0]?.title;

describe("one of two maps that are compared", () => {
  it("shows a moment while the page and the other side show now", async () => {
    const [left, right] = [new SideStore(), new SideStore()];
    await Promise.all([
      left.look({ is: "moment", at: Date.parse("2026-03-01T09:30:00Z") }),
      right.look({ is: "now" }),
    ]);
    expect(titled(left)).toBe("then");
    expect(left.store.state.replay?.seq).toBe(7);
    expect(titled(right)).toBe("now");
    expect(store.state.incidents[0]?.title).toBe("now");
  });

  it("the present side follows the page, also while the page itself looks back", async () => {
    const side = new SideStore();
    await side.look({ is: "now" });
    store.lay({ incidents: [incident("laid over")] });
    store.set({ incidents: [incident("later")] });
    await Promise.resolve();
    expect(titled(side)).toBe("later");
    side.rest();
    store.set({ incidents: [incident("last")] });
    await Promise.resolve();
    expect(titled(side)).toBe("later");
  });

  it("an answer that comes after another side was chosen is not shown", async () => {
    const side = new SideStore();
    const slow = side.look({ is: "moment", at: 0 });
    await side.look({ is: "now" });
    await slow;
    expect(titled(side)).toBe("now");
  });

  it("draws what was drawn then on its own map alone", async () => {
    const side = new SideStore();
    const later = new Map([["p2", { id: "p2" } as never]]);
    plotStore.set({ incident: "i1", loaded: true, plots: later });
    await side.look({ is: "moment", at: Date.parse("2026-03-01T09:30:00Z") });
    expect([...side.plots.state.plots.keys()]).toEqual([]);
    expect([...plotStore.state.plots.keys()]).toEqual(["p2"]);
    await side.look({ is: "now" });
    expect([...side.plots.state.plots.keys()]).toEqual(["p2"]);
  });

  it("lays one image alone on the ground of its side", async () => {
    const side = new SideStore();
    await side.look({ is: "raster", key: "raster:before", label: "2025" });
    expect(side.store.state.ground.choices.map(({ key }) => key)).toEqual(["raster:before"]);
    expect(store.state.ground.choices).toEqual([]);
  });

  it("is asked for and ended by the page's own state", () => {
    compareTwin({ left: { is: "now" }, right: { is: "now" } });
    expect(store.state.twin).not.toBeNull();
    compareTwin(null);
    expect(store.state.twin).toBeNull();
  });
});
