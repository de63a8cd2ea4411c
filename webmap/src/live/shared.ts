/** A tab's end of the stream that all tabs of its browser share; it never says "live" on hearsay. */
import { alone, type Dial, dialled, type Line } from "./line";
import type { Said } from "./relay";
import { DEAD_MS, LATE_MS, type LinkStatus, type StreamHandlers } from "./stream";

export class SharedStream {
  #line: Line | null = null;
  #dial: Dial;
  #watch: ReturnType<typeof setTimeout> | undefined;
  #seq: number | null = null;
  #epoch: string | null = null;
  #status: LinkStatus = "connecting";

  constructor(
    private readonly handlers: StreamHandlers,
    who: string,
    dial: Dial = dialled(who),
  ) {
    this.#dial = dial;
    const wake = (): void => this.#line?.post({ is: "wake" });
    addEventListener("online", wake);
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) wake();
    });
  }

  /** Begin after a seq that the page was read at, so that nothing sealed since is missed. */
  startAfter(seq: number | null, epoch: string | null): void {
    this.#seq = seq;
    this.#epoch = epoch;
    this.start();
  }

  start(options: { again: boolean } = { again: false }): void {
    this.stop();
    this.#link("connecting", this.#seq);
    let line: Line | null = null;
    const mine = (): boolean => this.#line === line;
    line = this.#dial(
      {
        // A line may speak before it is held, while it is being made.
        hear: (said) => queueMicrotask(() => mine() && this.#hear(said)),
        lost: () => queueMicrotask(() => mine() && this.#alone()),
      },
      options,
    );
    this.#line = line;
    this.#join();
    this.#wait();
  }

  stop(): void {
    clearTimeout(this.#watch);
    this.#line?.post({ is: "leave" });
    this.#line?.close();
    this.#line = null;
  }

  #join(): void {
    this.#line?.post({ is: "join", seq: this.#seq, epoch: this.#epoch });
  }

  /** There is no shared worker to be had after all. */
  #alone(): void {
    this.#line = null;
    this.#dial = alone;
    this.start();
  }

  #hear(said: Said): void {
    this.#wait();
    if (said.is === "lead") this.#join();
    else if (said.is === "link") this.#link(said.status, said.seq ?? this.#seq);
    else if (said.is === "reset") {
      this.#seq = null;
      this.handlers.onReset();
    } else {
      this.#link("live", this.#seq);
      this.#take(said);
    }
  }

  #take(said: Extract<Said, { is: "change" | "clock" | "latest" }>): void {
    if (said.is === "latest") this.handlers.onLatest?.(said.movers);
    else if (said.is === "change") {
      // A leader's last letters may come after the next one has told the same.
      if (this.#seq !== null && said.change.seq <= this.#seq) return;
      this.#seq = said.change.seq;
      this.handlers.onChange(said.change);
    } else {
      this.#seq = Math.max(this.#seq ?? 0, said.seq);
      this.#epoch = said.epoch;
      this.handlers.onClock?.(said.now, said.seq, said.epoch);
    }
    this.handlers.onLink("live", this.#seq);
  }

  #link(status: LinkStatus, seq: number | null): void {
    this.#status = status;
    this.handlers.onLink(status, seq);
  }

  /** Whoever holds the stream may have died without a word: say so, then dial again. */
  #wait(): void {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => {
      if (this.#status === "live") this.#link("late", this.#seq);
      this.#watch = setTimeout(() => this.start({ again: true }), DEAD_MS);
    }, LATE_MS);
  }
}
