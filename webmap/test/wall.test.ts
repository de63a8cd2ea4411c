import { afterEach, describe, expect, it, vi } from "vitest";
import { savedView } from "../src/api/views";
import { type Wall, wall } from "../src/api/walls";
import { type Incident, incident } from "../src/api/wire";
import { fitColumn } from "../src/hall/fit";
import { heardFrom } from "../src/store/link";
import { initial, store } from "../src/store/state";
import { momentOf } from "../src/store/wall_past";
import { second } from "../src/store/wall_second";
import { pastOf, showing, standing, wallStore } from "../src/store/wall_state";
import { loadMoreWords } from "../src/text/i18n";

const reported = (id: string, at: string, more: Record<string, unknown> = {}): Incident =>
  incident(
    { id, kind: "fire", lon: 121, lat: 31, occurred_at: at, reported_at: at, ...more },
    "incident",
  );
const EIGHT = "2026-11-22T08:00:00Z";
const NINE = "2026-11-22T09:00:00Z";
const TEN = "2026-11-22T10:00:00Z";
const PLACE = { lon: 120, lat: 30, zoom: 12 };
const driven = (more: Record<string, unknown>, at: string = NINE): Wall =>
  wall({ name: "main", version: 1, shown_at: at, shown_by: "li", ...more }, "wall");
const shown = (incidents: readonly Incident[], held: Wall | null, turn = 0) =>
  showing({ incidents }, { wall: held, turn });

describe("what a wall shows", () => {
  it("is rest while nothing is open", () => {
    expect(shown([], null)).toMatchObject({ by: "rest", incident: null, view: null });
    expect(shown([reported("a", EIGHT, { status: "closed" })], null).by).toBe("rest");
  });

  it("is what a desk has said, until an incident is opened after that", () => {
    const before = [reported("a", EIGHT)];
    const said = driven({ view: PLACE });
    expect(shown(before, said)).toMatchObject({ by: "desk", incident: "a", view: PLACE });
    const after = [reported("b", TEN), ...before];
    expect(shown(after, said)).toMatchObject({ by: "incidents", incident: "b", view: null });
  });

  it("is not taken from a real incident by an exercise, which stands behind it", () => {
    const open = [reported("drill", TEN, { exercise: true }), reported("real", EIGHT)];
    expect(standing({ incidents: open }).map(({ id }) => id)).toEqual(["real", "drill"]);
    expect([0, 1, 2].map((turn) => shown(open, null, turn).incident)).toEqual([
      "real",
      "real",
      "real",
    ]);
    expect(shown(open, driven({ incident: "real" }))).toMatchObject({
      by: "desk",
      incident: "real",
    });
    expect(shown([reported("drill", TEN, { exercise: true })], driven({ view: PLACE })).by).toBe(
      "incidents",
    );
  });

  it("goes round several incidents, and round a playlist in its order", () => {
    const open = ["a", "b", "c"].map((id) => reported(id, EIGHT));
    expect([0, 1, 2, 3].map((turn) => shown(open, null, turn).incident)).toEqual([
      "a",
      "b",
      "c",
      "a",
    ]);
    const views = [1, 2].map((zoom) => savedView({ ...PLACE, id: `${zoom}`, name: "v", zoom }, ""));
    const list = driven({ views, playlist: ["1", "2"] });
    expect([0, 1, 2].map((turn) => shown([], list, turn).view?.zoom)).toEqual([1, 2, 1]);
  });

  it("follows by itself again once a desk lets it, or the incident it was pinned to is closed", () => {
    const open = [reported("a", EIGHT)];
    expect(shown(open, driven({})).by).toBe("incidents");
    expect(shown(open, driven({ incident: "gone" }))).toMatchObject({
      by: "incidents",
      incident: "a",
    });
  });
});

describe("how old what the stream told is", () => {
  it("runs from what came last, however often it is dialled again, and is red after half a minute", async () => {
    vi.useFakeTimers({ now: Date.parse(TEN) });
    store.set({ ...initial, language: "en" });
    await loadMoreWords("hall");
    await import("../src/hall/feeds");
    const feeds = document.createElement("om-hall-feeds");
    document.body.append(feeds);
    const stream = (): Element | null => feeds.querySelector('[data-feed="stream"]');
    const pass = async (seconds: number): Promise<void> => {
      await vi.advanceTimersByTimeAsync(seconds * 1000);
      store.set({ now: Date.now() });
      await vi.advanceTimersByTimeAsync(1);
    };
    heardFrom("live", 7);
    await pass(10);
    expect(stream()?.className).not.toContain("stale");
    for (const status of ["lost", "connecting", "lost", "connecting"] as const) {
      heardFrom(status, 7);
      await pass(20);
    }
    expect(stream()?.querySelector("time")?.textContent).toBe("90 s");
    expect(stream()?.className).toContain("stale");
    heardFrom("live", 8);
    await pass(1);
    expect(stream()?.querySelector("time")?.textContent).toBe("1 s");
    expect(stream()?.className).not.toContain("stale");
    vi.useRealTimers();
    document.body.replaceChildren();
  });
});

describe("the second map of a wide wall", () => {
  const beside = (wanted: Record<string, unknown> | null, on: string | null = "a") => {
    wallStore.set({ wall: driven({ second: wanted }) });
    store.set({
      ...initial,
      incidents: [reported("a", EIGHT), reported("b", EIGHT)],
      incident: on,
    });
    return second();
  };

  it("never shows what the first shows already: another incident, else the surroundings", () => {
    expect(beside(null).incident).toBe("b");
    expect(beside({ show: "incident", incident: "b" }).incident).toBe("b");
    expect(beside({ show: "incident", incident: "a" }).incident).toBe("b");
    expect(beside({ show: "incident", incident: "b" }, "b").incident).toBe("a");
    expect(beside({ show: "context" })).toEqual({ incident: null, at: null });
    store.set({ incidents: [reported("a", EIGHT)] });
    expect(second()).toEqual({ incident: null, at: null });
  });

  it("shows the same incident at another time where a desk asks for that", () => {
    expect(beside({ show: "time", incident: "a", at: EIGHT })).toEqual({
      incident: "a",
      at: Date.parse(EIGHT),
    });
  });
});

describe("a wall that a desk has sent into the past", () => {
  it("takes the time that each view of a playlist was kept with, and now where it has none", () => {
    const views = [
      { id: "1", name: "then", at: EIGHT, incident: "a" },
      { id: "2", name: "now" },
    ].map((one) => savedView({ ...PLACE, ...one }, ""));
    const list = driven({ views, playlist: ["1", "2"], incident: "b", at: TEN, speed: 60 });
    expect(pastOf(list, 0)).toMatchObject({ at: EIGHT, speed: 0, incident: "a" });
    expect(pastOf(list, 1).at).toBeNull();
    expect(pastOf(list, 2).at).toBe(EIGHT);
    expect(pastOf(driven({ at: EIGHT, speed: 60 }), 0)).toMatchObject({ at: EIGHT, speed: 60 });
  });

  const at = "2026-03-01T09:00:00Z";
  const shown_at = "2026-03-01T12:00:00Z";
  const now = Date.parse(shown_at);

  it("stands still at its moment, or goes on from there at its pace", () => {
    expect(momentOf({ at, shown_at, speed: 0 }, now + 60_000)).toBe(Date.parse(at));
    expect(momentOf({ at, shown_at, speed: 60 }, now + 60_000)).toBe(Date.parse(at) + 3_600_000);
  });

  it("shows now where no moment was said, and once it has come to now", () => {
    expect(momentOf({ at: null, shown_at, speed: 60 }, now)).toBeNull();
    expect(momentOf({ at, shown_at, speed: 600 }, now + 19_000)).toBeNull();
  });
});

describe("a column that is too full", () => {
  afterEach(() => document.body.replaceChildren());

  /** A column with room for so many rows, whatever the page's own layout says. */
  function column(room: number, lists: readonly [gives: number, rows: number][]): HTMLElement {
    const host = document.createElement("section");
    for (const [gives, rows] of lists) {
      const list = document.createElement("ul");
      list.dataset.gives = String(gives);
      for (let row = 0; row < rows; row += 1) list.append(document.createElement("li"));
      host.append(list);
    }
    Object.defineProperty(host, "clientHeight", { value: room, configurable: true });
    Object.defineProperty(host, "scrollHeight", {
      configurable: true,
      get: () => 10 * host.querySelectorAll("li:not([hidden])").length,
    });
    document.body.append(host);
    return host;
  }
  const left = (host: HTMLElement): number[] =>
    [...host.querySelectorAll("ul")].map(
      (list) => list.querySelectorAll("li:not([hidden])").length,
    );

  it("gives whole rows of the least important list first, keeps one of what matters, and says how many are left", () => {
    const host = column(30, [
      [1, 4],
      [9, 6],
    ]);
    fitColumn(host);
    expect(left(host)).toEqual([3, 0]);
    expect([...host.querySelectorAll("ul")].map(({ dataset }) => dataset.left)).toEqual([
      "+1",
      undefined,
    ]);
  });

  it("lets no list fall below what it keeps while another can still give", () => {
    const host = column(60, [
      [6, 8],
      [7, 8],
    ]);
    const [forces, advice] = [...host.querySelectorAll("ul")];
    if (forces) forces.dataset.keeps = "4";
    if (advice) advice.dataset.keeps = "2";
    fitColumn(host);
    expect(left(host)).toEqual([4, 2]);
  });

  it("leaves the last panels out whole where rows alone make no room, and never the first", () => {
    const host = column(20, [
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
    // What no row can give: headings, of which each panel has one.
    Object.defineProperty(host, "scrollHeight", {
      get: () => 10 * host.querySelectorAll("ul:not([data-crowded])").length,
    });
    fitColumn(host);
    const crowded = (): boolean[] =>
      [...host.children].map((panel) => panel.hasAttribute("data-crowded"));
    expect(crowded()).toEqual([false, false, true]);
    Object.defineProperty(host, "clientHeight", { value: 0 });
    fitColumn(host);
    expect(crowded()).toEqual([false, true, true]);
  });

  it("shows everything again once there is room", () => {
    const host = column(90, [[1, 6]]);
    for (const row of host.querySelectorAll("li")) row.toggleAttribute("hidden", true);
    fitColumn(host);
    expect(left(host)).toEqual([6]);
    expect(host.querySelector("ul")?.dataset.left).toBeUndefined();
  });
});
