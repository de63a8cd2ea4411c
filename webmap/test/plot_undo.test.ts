import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Plot } from "../src/api/plots";
import { INCIDENT, open, point, Server, settle } from "./plot_room";

let server: Server;

/** What the server answers to a one-key plot or an import. */
const deed = (plots: readonly Plot[], drawn: readonly Plot[]) => ({
  id: "d1",
  plots: [...plots],
  drawn: drawn.map(({ id }) => id),
  taken_off: [],
});

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  server = new Server();
  vi.stubGlobal("fetch", server.answer);
  return () => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  };
});

describe("taking back", () => {
  it("goes twenty steps back and forth to the same", async () => {
    const page = await open();
    const [id = ""] = page.create([point(121)]);
    for (let step = 1; step < 20; step++) {
      const plots = page.selected(page.plotStore.state);
      page.change(plots, () => ({ control: [[121 + step / 1000, 31]], label: `n${step}` }));
      if (step % 5 === 0) await settle();
    }
    await settle();
    const last = page.plotStore.state.plots.get(id);
    expect(page.plotStore.state.undo).toBe(20);
    for (let step = 0; step < 20; step++) page.undo();
    await vi.advanceTimersByTimeAsync(3000);
    expect(page.plotStore.state.plots.size).toBe(0);
    expect(server.plots.size).toBe(0);
    for (let step = 0; step < 20; step++) page.redo();
    await vi.advanceTimersByTimeAsync(3000);
    const now = page.plotStore.state.plots.get(id);
    expect(now?.control).toEqual(last?.control);
    expect(now?.properties).toEqual(last?.properties);
  });

  it("leaves what somebody else has set since as they set it, and says so", async () => {
    const page = await open();
    const [id = ""] = page.create([point(121)]);
    await settle();
    page.change(page.selected(page.plotStore.state), () => ({ label: "mine", note: "kept" }));
    await settle();
    server.edit(id, { label: "theirs" }, "li");
    page.plotsChanged({ incident: INCIDENT });
    await settle();
    page.undo();
    await settle();
    expect(server.plots.get(id)?.properties).toMatchObject({ label: "theirs" });
    expect(server.plots.get(id)?.properties.note).toBeUndefined();
    expect(page.page.state.notices.length).toBe(1);
    page.undo();
    await settle();
    expect(server.plots.has(id)).toBe(true);
  });

  it("names the edit that it takes back, so that the server can refuse another's", async () => {
    const page = await open();
    page.create([point(121)]);
    await settle();
    const made = server.batches[0]?.[0]?.op_id;
    page.undo();
    await settle();
    expect(server.batches.at(-1)?.[0]).toMatchObject({ op: "delete", undoes: made });
  });

  it("leaves locked plots as they are", async () => {
    const page = await open();
    const [id = ""] = page.create([point(121)]);
    await settle();
    page.lock(page.selected(page.plotStore.state), true);
    await settle();
    const held = { ...server.plots.get(id), locked: true } as Plot;
    page.change([held], () => ({ label: "x" }));
    page.remove([held]);
    await settle();
    expect(server.plots.get(id)?.properties.label).toBeUndefined();
  });

  it("of what the server drew in one go takes back all of it, and does it all again", async () => {
    const page = await open();
    const [kept = ""] = page.create([point(121, "mine")]);
    await settle();
    const drawn = [server.draw(point(122)), server.draw(point(123))];
    const changed = server.edit(kept, { label: "the plan's" }, "me");
    await page.drawAtOnce(async () => deed([...drawn, changed], drawn));
    expect(page.plotStore.state).toMatchObject({ undo: 2, redo: 0 });
    expect(page.plotStore.state.plots.size).toBe(3);
    page.undo();
    await settle();
    expect([...server.plots.values()].map((one) => one.properties.label)).toEqual(["mine"]);
    expect(server.batches.at(-1)?.map(({ undoes }) => undoes)).toEqual(["d1", "d1", "d1"]);
    page.redo();
    await settle();
    expect(server.plots.size).toBe(3);
    expect(server.plots.get(kept)?.properties.label).toBe("the plan's");
    page.undo();
    await settle();
    expect(server.plots.size).toBe(1);
    expect(server.batches.at(-1)?.map(({ undoes }) => undoes)).toEqual(["d1", "d1", "d1"]);
  });

  it("leaves what others have touched since of what was drawn in one go", async () => {
    const page = await open();
    const drawn = [server.draw(point(122)), server.draw(point(123))];
    await page.drawAtOnce(async () => deed(drawn, drawn));
    const [theirs = "", mine = ""] = drawn.map(({ id }) => id);
    server.edit(theirs, { label: "theirs" }, "li");
    page.plotsChanged({ incident: INCIDENT });
    await settle();
    page.undo();
    await settle();
    expect([server.plots.has(theirs), server.plots.has(mine)]).toEqual([true, false]);
    expect(page.page.state.notices.length).toBe(1);
  });

  it("is of the incident that is open: each has its own steps", async () => {
    const page = await open();
    const [id = ""] = page.create([point(121)]);
    await settle();
    page.remove(page.selected(page.plotStore.state));
    await settle();
    page.page.set({ incident: "another" });
    await settle();
    expect(page.plotStore.state.undo).toBe(0);
    const sent = server.batches.length;
    page.undo();
    await settle();
    expect(server.batches.length).toBe(sent);
    page.page.set({ incident: INCIDENT });
    await settle();
    expect(page.plotStore.state.undo).toBe(2);
    page.undo();
    await settle();
    expect(server.plots.has(id)).toBe(true);
  });

  it("never takes back what another tab of the same person drew on since", async () => {
    const page = await open();
    const [id = ""] = page.create([point(121)]);
    await settle();
    const other = (await import("../src/api/ids")).newId();
    const op = { op_id: other, op: "put" as const, plot: id, base: 1, set: { label: "other tab" } };
    const left = { incident: INCIDENT, user: "me", client: other, at: Date.now(), op };
    // The other tab is slow: this one finds its edit on the device, and sends it for it.
    localStorage.setItem(`onemap-plot-op ${other}`, JSON.stringify(left));
    page.page.set({ session: { ...page.page.state.session } as never });
    await settle();
    page.change([page.plotStore.state.plots.get(id) as Plot], () => ({ note: "n" }));
    await settle();
    expect(server.plots.get(id)?.properties).toMatchObject({ label: "other tab", note: "n" });
    page.undo();
    page.undo();
    await settle();
    expect(server.plots.get(id)?.properties.label).toBe("other tab");
    expect(page.page.state.notices.length).toBe(1);
  });

  it("waits until the past is left", async () => {
    const page = await open();
    page.create([point(121)]);
    await settle();
    page.page.lay({ replay: { at: 1 } as never });
    page.undo();
    page.page.lay(null);
    await settle();
    expect(page.plotStore.state.undo).toBe(1);
    page.undo();
    await settle();
    expect(server.plots.size).toBe(0);
  });
});
