import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Change } from "../src/api/wire";
import { readPart, watchDuty } from "../src/store/duty";
import { heard } from "../src/store/heard";
import { initial, store } from "../src/store/state";

const AT = "2026-11-22T12:00:00Z";
const note = (id: string, text: string) => ({ id, text, at: AT, written_by: "wang" });
const told = (more: Partial<Change>): Change => ({
  seq: 9,
  layer: "note",
  feature: "old",
  op: "update",
  incident: "i",
  revision: null,
  box: null,
  at: AT,
  actor: "li",
  ...more,
});

/** A server whose newest page holds only the newest note. */
function server(): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (address: string) => {
    asked.push(address);
    const [path, query = ""] = address.split("?");
    const body = path?.endsWith("/notes/old")
      ? { ...note("old", "gate"), struck: { by: "li", at: AT, reason: "wrong" } }
      : path?.endsWith("/notes")
        ? query.includes("before")
          ? { notes: [note("old", "gate")], more: false }
          : { notes: [note("new", "wind")], more: true }
        : { log: [], deadlines: [] };
    return new Response(JSON.stringify(body), {
      headers: { "Content-Type": "application/json" },
    });
  });
  return asked;
}

watchDuty();
beforeEach(() => store.set({ ...initial, incident: null }));
afterEach(() => vi.unstubAllGlobals());

describe("notes of a long incident", () => {
  it("one that is older than the newest page is struck on the screen as soon as it is told", async () => {
    const asked = server();
    await readPart("notes", "i");
    expect(store.state.duty.notes.i?.map(({ id }) => id)).toEqual(["old", "new"]);
    asked.length = 0;
    heard(told({}));
    await vi.waitFor(() => {
      const held = store.state.duty.notes.i?.find(({ id }) => id === "old");
      expect(held?.struck?.reason).toBe("wrong");
    });
    expect(asked).toEqual(["/api/v1/incidents/i/notes/old"]);
    expect(store.state.duty.notes.i).toHaveLength(2);
  });

  it("all are read anew after a gap, the old ones too", async () => {
    const asked = server();
    await readPart("notes", "i");
    store.set({ incident: "i" });
    asked.length = 0;
    heard(null);
    await vi.waitFor(() => expect(asked.some((each) => each.includes("before=new"))).toBe(true));
    await vi.waitFor(() => expect(store.state.duty.notes.i).toHaveLength(2));
  });

  it("one that went away to another region is not asked for", async () => {
    const asked = server();
    await readPart("notes", "i");
    asked.length = 0;
    heard(told({ op: "delete" }));
    await new Promise((done) => setTimeout(done, 120));
    expect(asked).toEqual([]);
  });
});
