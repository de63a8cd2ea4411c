import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { savedView } from "../src/api/views";
import { initial, store } from "../src/store/state";
import { bringOut, drivingStore, openView, saveView, showView } from "../src/store/walls";

const PLACE = { lon: 120, lat: 30, zoom: 12 };
const THEN = "2026-11-22T08:00:00Z";
const sent: { path: string; body: Record<string, unknown> }[] = [];

beforeEach(() => {
  sent.length = 0;
  vi.stubGlobal("fetch", (url: string, options: RequestInit = {}) => {
    const { pathname } = new URL(url, "http://x");
    const body = options.body ? JSON.parse(String(options.body)) : {};
    if (options.method && options.method !== "GET") sent.push({ path: pathname, body });
    const marks = { marks: [{ at: THEN, seq: 1 }], bookmarks: [], incidents: [], seq: 1 };
    const answer = pathname.includes("/views") ? { ...body, id: "v" } : { name: "main", ...marks };
    return Promise.resolve(new Response(JSON.stringify(answer), { status: 200 }));
  });
  store.lay(null);
  store.set({ ...initial, view: PLACE });
  drivingStore.set({ highlight: null });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe("a view that is kept at a desk", () => {
  it("holds what is brought out, as the wall would be shown it", async () => {
    bringOut({ text: "集结点", radius_m: 300 });
    await saveView("港区", true);
    await showView({ layers: false, flight: true, second: null });
    const wanted = { lon: 120, lat: 30, text: "集结点", radius_m: 300 };
    expect(sent.map(({ body }) => body.highlight)).toEqual([wanted, wanted]);
    bringOut(null);
    await saveView("港区", true);
    expect(sent.at(-1)?.body.highlight).toBeNull();
  });

  it("is looked at with its time and with what it brings out, and one of now ends that", async () => {
    const kept = {
      ...PLACE,
      id: "v",
      name: "then",
      at: THEN,
      highlight: { ...PLACE, text: "这里" },
    };
    await openView(savedView(kept, ""));
    expect(drivingStore.state.highlight?.text).toBe("这里");
    expect(store.state.replay?.at).not.toBeNull();
    await openView(savedView({ ...PLACE, id: "w", name: "now" }, ""));
    expect(drivingStore.state.highlight).toBeNull();
    expect(store.state.replay?.at).toBeNull();
  });
});
