/** A server that keeps plots and a page that shows them, as tests of plotting open them. */
import { vi } from "vitest";
import { newId } from "../src/api/ids";
import type { Conflict, Op, Plot } from "../src/api/plots";
import { initial } from "../src/store/state";

export const INCIDENT = "01900000-0000-7000-8000-000000000001";

/** A server that keeps plots as the real one answers them, and can be away. */
export class Server {
  plots = new Map<string, Plot>();
  /** What was taken off, as it was last. */
  graves = new Map<string, Plot>();
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
  edit(id: string, properties: Record<string, unknown>, by: string): Plot {
    const held = this.plots.get(id);
    if (!held) throw new Error("no such plot");
    const version = held.version + 1;
    const plot = {
      ...held,
      version,
      updated_by: by,
      properties: { ...held.properties, ...properties },
    };
    this.plots.set(id, plot);
    this.changed.push(id);
    return plot;
  }

  /** A plot that the server draws by itself. */
  draw(set: Record<string, unknown>): Plot {
    const id = newId();
    const plot = edited({ op_id: id, op: "put", plot: id, set }, undefined);
    this.plots.set(id, plot);
    this.changed.push(id);
    return plot;
  }

  #apply(op: Op) {
    const grave = this.plots.get(op.plot) ?? this.graves.get(op.plot);
    if (grave) this.graves.set(op.plot, grave);
    if (op.op === "delete") this.plots.delete(op.plot);
    else if (op.op === "restore" && grave)
      this.plots.set(op.plot, { ...grave, version: grave.version + 1 });
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

/** The modules of a page that has just been opened. */
export async function open() {
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

export const point = (lon: number, label?: string) => ({
  kind: "point",
  control: [[lon, 31]],
  symbol: "fire",
  ...(label ? { label } : {}),
});
export const settle = () => vi.advanceTimersByTimeAsync(400);
