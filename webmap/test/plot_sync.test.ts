import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Conflict, Op, Plot } from "../src/api/plots";
import { initial } from "../src/store/state";

const INCIDENT = "01900000-0000-7000-8000-000000000001";

/** A server that keeps plots as the real one answers them, and can be away. */
class Server {
  plots = new Map<string, Plot>();
  batches: Op[][] = [];
  away = false;
  refuses: string | null = null;
  seq = 0;
  changed: string[] = [];
  conflicts: Conflict[] = [];
  settled: string[] = [];

  answer = async (path: string, init: RequestInit): Promise<Response> => {
    if (this.away) throw new TypeError("away");
    const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });
    if (init.method === "POST") {
      const { ops } = JSON.parse(String(init.body)) as { ops: Op[] };
      const wrong = ops.find(({ set }) => this.refuses !== null && set?.label === this.refuses);
      if (wrong) {
        const error = { code: "plot_wrong", message: "no", details: { op: wrong.op_id } };
        return json({ error }, 422);
      }
      this.batches.push(ops);
      return json({ results: ops.map((op) => this.#apply(op)) });
    }
    return json(this.#read(path));
  };

  #read(path: string) {
    const after = new URLSearchParams(path.split("?")[1]).get("after");
    if (after === null) return { plots: [...this.plots.values()], seq: this.seq };
    const plots = this.changed.flatMap((id) => this.plots.get(id) ?? []);
    const deleted = this.changed.filter((id) => !this.plots.has(id));
    this.changed = [];
    const [conflicts, settled] = [this.conflicts, this.settled];
    return { plots, deleted, conflicts, settled, seq: ++this.seq };
  }

  /** Another officer's edit. */
  edit(id: string, properties: Record<string, unknown>, by: string): void {
    const held = this.plots.get(id);
    if (!held) throw new Error("no such plot");
    const version = held.version + 1;
    this.plots.set(id, {
      ...held,
      version,
      updated_by: by,
      properties: { ...held.properties, ...properties },
    });
    this.changed.push(id);
  }

  #apply(op: Op) {
    if (op.op === "delete") this.plots.delete(op.plot);
    else this.plots.set(op.plot, edited(op, this.plots.get(op.plot)));
    const current = this.plots.get(op.plot) ?? null;
    return {
      op_id: op.op_id,
      plot: op.plot,
      outcome: "applied",
      version: current?.version,
      current,
    };
  }
}

/** A plot once an edit has been made to it. */
function edited(op: Op, held: Plot | undefined): Plot {
  const { kind, control, geometry, order, locked, group, ...rest } = (op.set ?? {}) as Plot &
    Record<string, unknown>;
  const properties = Object.entries({ ...held?.properties, ...rest });
  return {
    ...(held ?? ({ id: op.plot, kind, control: [], locked: false, group: null } as never)),
    ...(control ? { control } : {}),
    geometry: geometry ?? { type: "Point", coordinates: control?.[0] ?? [0, 0] },
    ...(order === undefined ? {} : { order }),
    version: (held?.version ?? 0) + 1,
    updated_by: "me",
    properties: Object.fromEntries(properties.filter(([, value]) => value !== null)),
  };
}

let server: Server;

/** The modules of a page that has just been opened. */
async function open() {
  vi.resetModules();
  const { store } = await import("../src/store/state");
  const session = { user: { name: "me", title: null }, permissions: ["plots.write"] };
  store.set({ ...initial, session: session as never, incident: INCIDENT });
  const [sync, edit, state] = await Promise.all([
    import("../src/store/plot_sync"),
    import("../src/store/plot_edit"),
    import("../src/store/plot_state"),
  ]);
  sync.beginPlots();
  await vi.advanceTimersByTimeAsync(50);
  return { ...sync, ...edit, ...state, page: store };
}

const point = (lon: number, label?: string) => ({
  kind: "point",
  control: [[lon, 31]],
  symbol: "fire",
  ...(label ? { label } : {}),
});
const settle = () => vi.advanceTimersByTimeAsync(400);

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
});
