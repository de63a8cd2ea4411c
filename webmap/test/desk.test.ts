import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Deadline } from "../src/api/deadline";
import { newId } from "../src/api/ids";
import type { ReadingRow } from "../src/api/readings";
import { call, incident } from "../src/api/wire";
import { nothingTold } from "../src/store/draft";
import { lateFor, nextDue, urgency } from "../src/store/due";
import { discard, editTold, findUnsent, intakeBody, keepIntake, takeUp } from "../src/store/intake";
import { bare } from "../src/store/intake_place";
import { newest, shapeOf } from "../src/store/reading_shapes";
import { beginReport, cancelReport, editReport } from "../src/store/report";
import { initial, store } from "../src/store/state";
import "../src/text/desk_words";
import { speak } from "../src/text/i18n";

const NOW = Date.parse("2026-11-22T12:00:00Z");
const at = (minutes: number): string => new Date(NOW + minutes * 60_000).toISOString();
const deadline = (due: number, more: Partial<Deadline> = {}): Deadline => ({
  what: "first",
  channel: "phone",
  addressee: "next",
  due_at: at(due),
  done_at: null,
  done_by: null,
  missed: false,
  source: "",
  title: null,
  note: null,
  ...more,
});
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

describe("deadlines of reporting", () => {
  it("turn amber in the last quarter of the time that was given", () => {
    expect(urgency(deadline(31), at(-89), NOW)).toBe("later");
    expect(urgency(deadline(29), at(-91), NOW)).toBe("soon");
  });

  it("turn amber five minutes before, however short the time was", () => {
    expect(urgency(deadline(4), at(-4), NOW)).toBe("soon");
  });

  it("are missed from the moment on, also before the server has said so", () => {
    expect(urgency(deadline(0), at(-60), NOW)).toBe("missed");
    expect(urgency(deadline(5, { missed: true }), at(-60), NOW)).toBe("missed");
  });

  it("that were met late are done, and no longer counted", () => {
    expect(urgency(deadline(-5, { missed: true, done_at: at(-1) }), null, NOW)).toBe("done");
    expect(nextDue([deadline(-5, { done_at: at(-1) })], NOW)).toBeNull();
  });

  it("what was missed and is still owed stands before what is due next", () => {
    const owed = deadline(-10, { what: "written" });
    expect(nextDue([deadline(3), owed, deadline(90)], NOW)).toBe(owed);
    expect(nextDue([deadline(90), deadline(3)], NOW)?.due_at).toBe(at(3));
  });
});

describe("the call sheet", () => {
  const line = (more: Record<string, unknown>) => call({ id: "c", purpose: "x", ...more }, "call");

  it("a call is late once its answer is overdue, and not after it was answered", () => {
    expect(lateFor(line({ due_at: at(-2) }), NOW)).toBe(120);
    expect(lateFor(line({ due_at: at(1) }), NOW)).toBeNull();
    expect(lateFor(line({ due_at: at(-2), result: "answered" }), NOW)).toBeNull();
    expect(lateFor(line({}), NOW)).toBeNull();
  });
});

describe("a report that is being written", () => {
  let stop = (): void => {};
  beforeEach(() => {
    speak("zh");
    localStorage.clear();
    sessionStorage.clear();
    store.set({ ...initial, drawer: "layers" });
    stop = keepIntake();
  });
  afterEach(() => stop());

  it("is kept at every keystroke and found again, with its age", async () => {
    beginReport();
    editReport({ substance: "氯" });
    await settled();
    editTold({ caller: '<script>"张' });
    await settled();
    const { draft } = store.state;
    cancelReport();
    await settled();
    findUnsent();
    const [found] = store.state.duty.unsent;
    expect(found?.id).toBe(draft?.id);
    expect(found?.draft.told.caller).toBe('<script>"张');
    expect(Date.now() - (found?.kept ?? 0)).toBeLessThan(60_000);
  });

  it("an empty form is not kept", async () => {
    beginReport();
    editTold({ received: at(0) });
    await settled();
    expect(localStorage.length).toBe(0);
  });

  it("of another person on the same device is not shown", async () => {
    localStorage.setItem("intake/other/1", JSON.stringify({ id: "1", kept: Date.now() }));
    findUnsent();
    expect(store.state.duty.unsent).toEqual([]);
  });

  it("that cannot be read, or is older than a week, is dropped and breaks nothing", () => {
    const whole = { id: "1", kind: "other", told: nothingTold };
    localStorage.setItem("intake//0", "{");
    localStorage.setItem("intake//1", JSON.stringify({ ...whole, kept: Date.now() - 8 * 864e5 }));
    localStorage.setItem("intake//2", JSON.stringify({ id: "2", kept: Date.now() }));
    findUnsent();
    expect(store.state.duty.unsent).toEqual([]);
    expect(localStorage.length).toBe(0);
  });

  it("is taken up with its own name, so that sending it again is the same report", async () => {
    beginReport();
    editReport({ title: "泄漏" });
    await settled();
    const id = store.state.draft?.id;
    cancelReport();
    await settled();
    const [found] = store.state.duty.unsent;
    if (!found) throw new Error("nothing was kept");
    takeUp(found);
    expect(store.state.draft?.id).toBe(id);
    discard(found.id);
    expect(store.state.duty.unsent).toEqual([]);
  });

  it.each([
    ["goes on with it", (key: string, kept: string) => localStorage.setItem(key, kept)],
    ["has sent it", (key: string) => localStorage.removeItem(key)],
  ])("is a report of its own from where another window %s", async (_, other) => {
    beginReport();
    editReport({ title: "泄漏" });
    await settled();
    const { draft } = store.state;
    const [key = ""] = Object.keys(localStorage);
    const theirs = JSON.stringify({
      ...JSON.parse(localStorage.getItem(key) ?? ""),
      title: "另一窗口",
      kept: (draft?.kept ?? 0) + 1,
    });
    other(key, theirs);
    editTold({ caller: "张三" });
    await settled();
    await settled();
    expect(store.state.draft?.id).not.toBe(draft?.id);
    const mine = localStorage.getItem(`intake//${store.state.draft?.id}`);
    expect(JSON.parse(mine ?? "{}")).toMatchObject({ title: "泄漏", told: { caller: "张三" } });
    expect(localStorage.getItem(key) ?? theirs).toBe(theirs);
  });

  it("says so where the device cannot keep it", async () => {
    vi.stubGlobal("localStorage", {
      setItem: () => {
        throw new DOMException("full", "QuotaExceededError");
      },
    });
    beginReport();
    editReport({ title: "泄漏" });
    await settled();
    vi.unstubAllGlobals();
    expect(store.state.draft?.kept).toBeNull();
    expect(store.state.notices.some(({ tone }) => tone === "error")).toBe(true);
  });

  it("leaves out what nobody said, and sends no level that its reader may not set", () => {
    beginReport();
    const { draft } = store.state;
    if (!draft) throw new Error("no draft");
    const told = { ...nothingTold, caller: " 张三 ", harmed: { poisoned: 12 }, grade: "2" };
    expect(intakeBody({ ...draft, told })).toEqual({
      channel: "phone",
      caller: { name: "张三", phone: undefined, unit: undefined },
      casualties: [{ poisoned: 12, source: "张三" }],
    });
  });
});

describe("readings on the map", () => {
  const reading = (more: Partial<ReadingRow>): ReadingRow => ({
    id: newId(),
    quantity: "concentration",
    value: 3,
    unit: "ppm",
    instrument: null,
    station: null,
    at: at(0),
    given_by: null,
    substance: null,
    late: false,
    judged: null,
    lon: 123.4,
    lat: 30.9,
    ...more,
  });

  it("show the newest of each place and quantity", () => {
    const [old, fresh] = [reading({ at: at(-5) }), reading({ at: at(-1) })];
    const [other, heat] = [reading({ lat: 30.91 }), reading({ quantity: "heat_flux" })];
    expect(new Set(newest([old, fresh, other, heat]))).toEqual(new Set([fresh, other, heat]));
  });

  it("say by their shape what they say of the plan; a late one says nothing of it", () => {
    const judged = { level: "red", outside: true } as ReadingRow["judged"];
    expect(shapeOf(reading({}))).toBe("below");
    expect(shapeOf(reading({ judged }))).toBe("outside");
    expect(shapeOf(reading({ judged, late: true }))).toBe("late");
  });
});

describe("words of a place", () => {
  it("near a thing is the thing", () => {
    expect(bare("化工厂附近")).toBe("化工厂");
    expect(bare("near the plant")).toBe("the plant");
    expect(bare("附近")).toBe("附近");
  });
});

describe("names made here", () => {
  it("sort by their moment and say that they are of version 7", () => {
    const [first, second] = [newId(NOW), newId(NOW + 1)];
    expect(first < second).toBe(true);
    expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it("an incident names its plan of record", () => {
    const read = incident(
      { id: "i", kind: "other", lon: 1, lat: 2, occurred_at: at(0), plan_id: "p" },
      "incident",
    );
    expect(read.plan_id).toBe("p");
  });
});
