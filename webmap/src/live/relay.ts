/** One stream for all tabs of a browser: each is told everything from where it was, in order. */
import type { Mover } from "../api/positions";
import type { Change } from "../api/wire";
import type { LinkStatus, Stream, StreamHandlers } from "./stream";

/** What a relay says to a tab. */
export type Said =
  | { is: "change"; change: Change }
  | { is: "reset" }
  | { is: "link"; status: LinkStatus; seq: number | null }
  | { is: "clock"; now: number; seq: number; epoch: string | null }
  | { is: "latest"; movers: Mover[] }
  /** Another tab leads from now on: whoever is here joins again. */
  | { is: "lead" };

/** What a tab says to a relay. `seq` and `epoch` are where it is, null before it has read anything. */
export type Asked =
  | { is: "join"; seq: number | null; epoch: string | null }
  | { is: "leave" }
  | { is: "wake" };

export interface Tab {
  post(said: Said): void;
}

/** A tab that joins a moment later gets what it lacks from here, not by dialling again. */
const RECENT = 500;

export class Relay {
  readonly #stream: Stream;
  /** How far each tab is: what it knows already is not told again. */
  readonly #tabs = new Map<Tab, number | null>();
  #recent: Change[] = [];
  /** Everything sealed after this is among the recent; infinite where nothing is known. */
  #from = Number.POSITIVE_INFINITY;
  #epoch: string | null = null;
  #status: LinkStatus = "connecting";
  #seq: number | null = null;

  constructor(open: (handlers: StreamHandlers) => Stream) {
    this.#stream = open({
      onChange: (change) => this.#change(change),
      onReset: () => this.#reset(),
      onLink: (status, seq) => this.#link(status, seq),
      onClock: (now, seq, epoch) => this.#clock(now, seq, epoch),
      onLatest: (movers) => this.#all({ is: "latest", movers }),
    });
  }

  /** Take what a tab asks. */
  hear(tab: Tab, asked: Asked): void {
    if (asked.is === "join") this.#join(tab, asked.seq, asked.epoch);
    else if (asked.is === "leave") this.leave(tab);
    else this.#stream.wake();
  }

  leave(tab: Tab): void {
    this.#tabs.delete(tab);
    if (this.#tabs.size === 0) this.stop();
  }

  stop(): void {
    this.#tabs.clear();
    this.#stream.stop();
    this.#recent = [];
    this.#from = Number.POSITIVE_INFINITY;
    this.#epoch = null;
    this.#status = "connecting";
    this.#seq = null;
  }

  #join(tab: Tab, seq: number | null, epoch: string | null): void {
    const first = this.#tabs.size === 0;
    const others = [...this.#tabs.keys()].filter((other) => other !== tab);
    this.#tabs.set(tab, seq);
    const reborn = epoch !== null && this.#epoch !== null && epoch !== this.#epoch;
    if (reborn) {
      // The database was restored and this tab was read after it: the others must be read again.
      this.#recent = [];
      for (const other of others) this.#forget(other);
    }
    if (first || reborn || (seq !== null && seq < this.#from)) {
      this.#begin(seq, epoch ?? this.#epoch);
      return;
    }
    if (seq !== null) for (const change of this.#recent) this.#tell(tab, change);
    tab.post({ is: "link", status: this.#status, seq: this.#seq });
  }

  /** Dial after a seq: whoever is farther is not told anything twice. */
  #begin(seq: number | null, epoch: string | null): void {
    this.#from = seq ?? Number.POSITIVE_INFINITY;
    this.#recent = [];
    this.#epoch = epoch;
    this.#stream.startAfter(seq, epoch);
  }

  #change(change: Change): void {
    this.#recent.push(change);
    const dropped = this.#recent.length > RECENT ? this.#recent.shift() : undefined;
    if (dropped) this.#from = dropped.seq;
    for (const tab of this.#tabs.keys()) this.#tell(tab, change);
  }

  #tell(tab: Tab, change: Change): void {
    const held = this.#tabs.get(tab) ?? null;
    if (held !== null && change.seq <= held) return;
    this.#tabs.set(tab, change.seq);
    tab.post({ is: "change", change });
  }

  #reset(): void {
    this.#recent = [];
    this.#from = Number.POSITIVE_INFINITY;
    for (const tab of this.#tabs.keys()) this.#forget(tab);
  }

  #forget(tab: Tab): void {
    this.#tabs.set(tab, null);
    tab.post({ is: "reset" });
  }

  /** Each word of the server is a sign of life: tabs are told of the first, the rest by the clock. */
  #link(status: LinkStatus, seq: number | null): void {
    this.#seq = seq;
    if (status === this.#status && status === "live") return;
    this.#status = status;
    this.#all({ is: "link", status, seq });
  }

  #clock(now: number, seq: number, epoch: string | null): void {
    this.#epoch = epoch;
    this.#all({ is: "clock", now, seq, epoch });
  }

  #all(said: Said): void {
    for (const tab of this.#tabs.keys()) tab.post(said);
  }
}
