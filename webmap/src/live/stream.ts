/** The only EventSource: it resumes by `Last-Event-ID`, and never says "live" when it is not. */
import { type Mover, movers } from "../api/positions";
import { WireError } from "../api/read";
import { type Change, change, heartbeat } from "../api/wire";

export type LinkStatus = "connecting" | "live" | "late" | "lost";

export interface StreamHandlers {
  onChange(change: Change): void;
  /** History is gone or the server was restored: everything must be read again. */
  onReset(): void;
  onLink(status: LinkStatus, seq: number | null): void;
  /** The server's clock, ms, and how far the stream is in which life of the database. */
  onClock?(now: number, seq: number, epoch: string | null): void;
  /** Where things are now: it has no id, and what is missed is not sent again. */
  onLatest?(movers: Mover[]): void;
}

/** A server that has not spoken for this long is not known to be alive. */
export const LATE_MS = 20_000;
/** A link that stays silent this much longer is dead, whatever the browser thinks of it. */
export const DEAD_MS = 15_000;
/** The server speaks every fifteen seconds: after a sleep, more than this is too long. */
const SILENT_MS = 16_000;

export class Stream {
  #source: EventSource | null = null;
  #watch: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #attempts = 0;
  #heardAt = 0;
  #seq: number | null = null;
  /** Which life of the database the seq belongs to: a restored one counts anew. */
  #epoch: string | null = null;

  constructor(
    private readonly url: string,
    private readonly handlers: StreamHandlers,
    private readonly open: (url: string) => EventSource = (url) => new EventSource(url),
  ) {}

  /** Begin after a seq that the page was read at, so that nothing sealed since is missed. */
  startAfter(seq: number | null, epoch: string | null): void {
    this.#seq = seq;
    this.#epoch = epoch;
    this.start();
  }

  start(): void {
    this.stop();
    this.handlers.onLink("connecting", this.#seq);
    // A new EventSource has no memory of its id: give the last one, or nothing is resumed.
    const since = new URLSearchParams();
    if (this.#seq !== null) since.set("last_event_id", String(this.#seq));
    if (this.#seq !== null && this.#epoch !== null) since.set("epoch", this.#epoch);
    const url = since.size > 0 ? `${this.url}?${since}` : this.url;
    const source = this.open(url);
    this.#source = source;
    source.addEventListener("open", () => this.#heard());
    source.addEventListener("change", (event) => this.#take(event, (data) => this.#onChange(data)));
    source.addEventListener("heartbeat", (event) =>
      this.#take(event, (data) => this.#onHeartbeat(data)),
    );
    source.addEventListener("latest", (event) => this.#onLatest(event));
    source.addEventListener("reset", () => {
      this.#seq = null;
      this.#heard();
      this.handlers.onReset();
    });
    // This screen did not keep up, so the server lets go: the browser dials again and resumes.
    source.addEventListener("behind", () => this.handlers.onLink("late", this.#seq));
    source.addEventListener("error", () => this.#onError(source));
  }

  stop(): void {
    clearTimeout(this.#watch);
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = null;
  }

  /** The machine has slept or its network came back: a link that is silent is dialled again. */
  wake(): void {
    if (this.#source !== null && Date.now() - this.#heardAt > SILENT_MS) this.start();
  }

  #take(event: MessageEvent<string>, use: (data: unknown) => void): void {
    try {
      use(JSON.parse(event.data) as unknown);
    } catch (cause) {
      // One event that cannot be read must not end the stream; what it named is read again.
      if (!(cause instanceof WireError) && !(cause instanceof SyntaxError)) throw cause;
      this.handlers.onReset();
    }
    this.#heard();
  }

  #onChange(data: unknown): void {
    const read = change(data, "");
    this.#advance(read.seq);
    this.handlers.onChange(read);
  }

  #onHeartbeat(data: unknown): void {
    const { seq, epoch, now } = heartbeat(data, "");
    if (epoch !== null && this.#epoch !== null && epoch !== this.#epoch) {
      this.#seq = null;
      this.handlers.onReset();
    }
    this.#epoch = epoch ?? this.#epoch;
    this.#advance(seq);
    if (now !== null) this.handlers.onClock?.(Date.parse(now), seq, this.#epoch);
  }

  /** The next batch replaces one that cannot be read: nothing is read again for it. */
  #onLatest(event: MessageEvent<string>): void {
    try {
      this.handlers.onLatest?.(movers(JSON.parse(event.data), ""));
    } catch (cause) {
      if (!(cause instanceof WireError) && !(cause instanceof SyntaxError)) throw cause;
      console.error(cause);
    }
    this.#heard();
  }

  #advance(seq: number): void {
    if (this.#seq === null || seq > this.#seq) this.#seq = seq;
  }

  #heard(): void {
    this.#attempts = 0;
    this.#heardAt = Date.now();
    this.handlers.onLink("live", this.#seq);
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#late(), LATE_MS);
  }

  /** A network that went away without a word gives no error: say so, then dial again. */
  #late(): void {
    this.handlers.onLink("late", this.#seq);
    this.#watch = setTimeout(() => this.start(), DEAD_MS);
  }

  #onError(source: EventSource): void {
    this.handlers.onLink("lost", this.#seq);
    clearTimeout(this.#watch);
    // While CONNECTING the browser retries by itself; CLOSED (an HTTP error) it never does.
    if (source.readyState !== EventSource.CLOSED) return;
    const wait = Math.min(15_000, 500 * 2 ** this.#attempts) * (0.5 + Math.random() / 2);
    this.#attempts += 1;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.start(), wait);
  }
}
