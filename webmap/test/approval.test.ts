import { render } from "lit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { incident } from "../src/api/wire";
import { graveness } from "../src/hall/grade";
import "../src/panels/decisions";
import { approvals } from "../src/panels/unapproved";
import { approveLater } from "../src/store/deciding";
import { deskIncidents, initial, store } from "../src/store/state";
import { loadMoreWords, speak } from "../src/text/i18n";

const NOW = Date.parse("2026-11-22T12:00:00Z");
const reported = (more: Record<string, unknown>) =>
  incident(
    { id: "i", kind: "fire", title: "i", lon: 1, lat: 1, occurred_at: "2026-11-22", ...more },
    "incident",
  );
const seen = (content: unknown): HTMLElement => {
  const host = document.createElement("div");
  render(content, host);
  return host;
};

beforeEach(async () => {
  await loadMoreWords("desk");
  speak("en");
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no network here")));
});
afterEach(() => vi.unstubAllGlobals());

describe("what nobody has approved", () => {
  it("says so in a word and a shape, on the desk and on the wall", () => {
    const raised = reported({ response_level: "2", unapproved: ["response_level"] });
    for (const mark of [approvals(raised, true), graveness(raised)])
      expect(seen(mark).querySelector(".unapproved:has(svg)")?.textContent).toBe("not approved");
    const approved = reported({ response_level: "2" });
    expect(seen(graveness(approved)).querySelector(".unapproved")).toBeNull();
    expect(seen(approvals(approved, true)).children).toHaveLength(0);
  });

  it("is decided by who may write, and by nobody else", () => {
    const raised = reported({ warning_level: "1", unapproved: ["warning_level"] });
    expect(seen(approvals(raised, true)).querySelector("button")).not.toBeNull();
    expect(seen(approvals(raised, false)).querySelector("button")).toBeNull();
  });

  it("keeps an incident that was ended so on the desk for a day", () => {
    const ended = (hours: number, more: Record<string, unknown> = {}) =>
      reported({
        id: `${hours}`,
        status: "closed",
        updated_at: new Date(NOW - hours * 3_600_000).toISOString(),
        unapproved: ["status"],
        ...more,
      });
    const incidents = [ended(1), ended(25), ended(2, { unapproved: [] }), reported({})];
    const state = { ...initial, now: NOW, incidents };
    expect(deskIncidents(state).map(({ id }) => id)).toEqual(["i", "1"]);
  });

  for (const [field, more, kind, level] of [
    ["response_level", { response_level: "3" }, "start_response", "3"],
    ["warning_level", { warning_level: "1" }, "warn", "1"],
    ["status", { status: "closed" }, "end", null],
  ] as const)
    it(`begins its decision with one press: ${field}`, async () => {
      const shown = reported({ ...more, unapproved: [field] });
      const session = { ...initial.session, user: null, permissions: ["incidents.write"] };
      store.set({ ...initial, session: session as never, incidents: [shown], incident: "i" });
      const panel = document.createElement("om-decisions");
      document.body.append(panel);
      approveLater("i", field);
      expect(store.state.tab).toBe("decisions");
      await vi.waitFor(() => expect(panel.querySelector("details[open]")).not.toBeNull());
      const value = (name: string): string | undefined =>
        panel.querySelector<HTMLSelectElement>(`[name=${name}]`)?.value;
      expect(value("kind")).toBe(kind);
      expect(value("level") ?? null).toBe(level);
      expect(value("text")).not.toBe("");
      panel.remove();
    });
});
