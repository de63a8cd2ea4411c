/** Edits that the server does not have yet: each is kept on this device until it is answered. */
import type { Pending } from "./plot_state";

const PREFIX = "onemap-plot-op ";

/** Told when this device has no room for an edit: it then lives only as long as the page. */
export type OnFull = () => void;

export class PlotQueue {
  #pending: Pending[] = [];

  constructor(
    private readonly storage: Storage,
    private readonly onFull: OnFull,
  ) {}

  /** Read what a person left on this device, also what another tab of theirs still sends. */
  recall(user: string): void {
    const held = new Set(this.#pending.map(({ op }) => op.op_id));
    const found: Pending[] = [];
    for (let at = 0; at < this.storage.length; at++) {
      const key = this.storage.key(at);
      if (!key?.startsWith(PREFIX)) continue;
      const one = read(this.storage.getItem(key));
      if (one && one.user === user && !held.has(one.op.op_id)) found.push(one);
    }
    this.#pending = [...this.#pending, ...found].sort((a, b) => a.at - b.at);
  }

  get all(): readonly Pending[] {
    return this.#pending;
  }

  waiting(incident: string | null): Pending[] {
    return this.#pending.filter((one) => one.incident === incident && one.refused === undefined);
  }

  refused(): Pending[] {
    return this.#pending.filter((one) => one.refused !== undefined);
  }

  add(edits: readonly Pending[]): void {
    this.#pending.push(...edits);
    for (const one of edits) this.#keep(one);
  }

  /** Put another form of an edit in its place: with its base, or with why it was refused. */
  change(one: Pending): void {
    this.#pending = this.#pending.map((held) => (held.op.op_id === one.op.op_id ? one : held));
    this.#keep(one);
  }

  remove(ids: ReadonlySet<string>): void {
    this.#pending = this.#pending.filter(({ op }) => !ids.has(op.op_id));
    for (const id of ids) this.storage.removeItem(PREFIX + id);
  }

  #keep(one: Pending): void {
    try {
      this.storage.setItem(PREFIX + one.op.op_id, JSON.stringify(one));
    } catch (cause) {
      if (!(cause instanceof DOMException)) throw cause;
      this.onFull();
    }
  }
}

function read(text: string | null): Pending | null {
  if (text === null) return null;
  try {
    const one = JSON.parse(text) as Partial<Pending>;
    const whole = one.op?.op_id && one.op.plot && one.incident && one.user && one.client;
    return whole ? (one as Pending) : null;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    return null;
  }
}
