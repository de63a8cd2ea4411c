import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Conflict } from "../src/api/plots";
import { INCIDENT, open, point, Server, settle } from "./plot_room";

let server: Server;

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

describe("edits on their way to the server", () => {
  it("go together where they are made within a tenth of a second, and are shown at once", async () => {
    const page = await open();
    page.create([point(121)]);
    page.create([point(122)]);
    expect(page.plotStore.state.plots.size).toBe(2);
    expect(page.plotStore.state.waiting).toBe(2);
    await settle();
    expect(server.batches.map((ops) => ops.length)).toEqual([2]);
    expect(page.plotStore.state.waiting).toBe(0);
  });

  it("wait for the version of a plot that is not born yet", async () => {
    const page = await open();
    const [id = ""] = page.create([point(121)]);
    page.change(page.selected(page.plotStore.state), () => ({ label: "x" }));
    await settle();
    const [first, second] = server.batches;
    expect(first?.[0]?.base).toBeNull();
    expect(second?.[0]).toMatchObject({ plot: id, base: 1, set: { label: "x" } });
  });

  it("are lost neither by a server that is away nor by a page that is closed meanwhile", async () => {
    const page = await open();
    server.away = true;
    const [id = ""] = page.create([point(121)]);
    await settle();
    expect(page.plotStore.state.away).toBe(true);
    expect(page.plotStore.state.waiting).toBe(1);
    const again = await open();
    expect(again.plotStore.state.plots.has(id)).toBe(true);
    server.away = false;
    await vi.advanceTimersByTimeAsync(9000);
    expect(server.plots.has(id)).toBe(true);
    expect(again.plotStore.state.waiting).toBe(0);
    expect(localStorage.length).toBe(0);
  });

  it("that are refused are set aside with the reason, and the others go on", async () => {
    const page = await open();
    server.refuses = "bad";
    page.create([point(121, "bad"), point(122, "good")]);
    await settle();
    await settle();
    expect([...server.plots.values()].map(({ properties }) => properties.label)).toEqual(["good"]);
    const [refused] = page.plotStore.state.refused;
    expect(refused?.refused).toBe("no");
    server.refuses = null;
    if (refused) page.tryAgain(refused);
    await settle();
    expect(server.plots.size).toBe(2);
  });

  it("of another person on the same device are not sent in one's own name", async () => {
    const op = { op_id: "1", op: "put", plot: "p", base: null, set: point(121) };
    const theirs = { incident: INCIDENT, user: "other", client: "c", at: 1, op };
    localStorage.setItem("onemap-plot-op 1", JSON.stringify(theirs));
    await open();
    await vi.advanceTimersByTimeAsync(9000);
    expect(server.plots.size).toBe(0);
    expect(localStorage.length).toBe(1);
  });
});

describe("what others draw", () => {
  it("is shown with who it was, and one's own is not", async () => {
    const page = await open();
    const [id = ""] = page.create([point(121)]);
    await settle();
    server.changed.push(id);
    page.plotsChanged({ incident: INCIDENT });
    await settle();
    expect(page.plotStore.state.fresh.size).toBe(0);
    server.edit(id, { label: "theirs" }, "li");
    page.plotsChanged({ incident: INCIDENT });
    await settle();
    expect(page.plotStore.state.plots.get(id)?.properties.label).toBe("theirs");
    expect(page.plotStore.state.fresh.get(id)).toBe("li");
    await vi.advanceTimersByTimeAsync(3500);
    expect(page.plotStore.state.fresh.size).toBe(0);
  });

  it("of another incident is not read", async () => {
    const page = await open();
    const before = server.seq;
    page.plotsChanged({ incident: "another" });
    await settle();
    expect(server.seq).toBe(before);
  });
});

const met = (id: string, plot: string): Conflict => ({
  ...{ id, plot, field: "label", mine: "m", theirs: "t", by: "me", theirs_by: "li" },
  ...{ at: null, state: "open" },
});

describe("edits that met another's", () => {
  const shown = ({ plotStore }: Awaited<ReturnType<typeof open>>): string[] =>
    plotStore.state.conflicts.map(({ id }) => id);

  it("are shown by a page that is opened later, with their plot or after it went", async () => {
    const made = await open();
    const [id = ""] = made.create([point(121)]);
    await settle();
    const held = server.plots.get(id);
    if (held) server.plots.set(id, { ...held, conflict: [met("c1", id)] });
    expect(shown(await open())).toEqual(["c1"]);
  });

  it("stay until somebody decides them, whatever else is read meanwhile", async () => {
    const page = await open();
    server.conflicts = [met("c1", "p"), met("c2", "p")];
    page.plotsChanged({ incident: INCIDENT });
    await settle();
    expect(shown(page)).toEqual(["c1", "c2"]);
    server.conflicts = [];
    page.plotsChanged({ incident: INCIDENT });
    await settle();
    expect(shown(page)).toEqual(["c1", "c2"]);
    server.settled = ["c1"];
    page.plotsChanged({ incident: INCIDENT });
    await settle();
    expect(shown(page)).toEqual(["c2"]);
  });
});
