/** How a tab reaches the one stream of its browser: a shared worker, else the tab that leads. */
import { newId } from "../api/ids";
import { type Asked, Relay, type Said, type Tab } from "./relay";
import { Stream, type StreamHandlers } from "./stream";

/** A line to the relay. */
export interface Line {
  post(asked: Asked): void;
  close(): void;
}

/** What a line tells its tab; `lost` where there can be no such line. */
export interface Ear {
  hear(said: Said): void;
  lost(): void;
}

/** `again`: the last line fell silent, so whoever leads has hung. */
export type Dial = (ear: Ear, options: { again: boolean }) => Line;

const EVENTS = "/api/v1/events";

/** The best way that this browser has; `who` keeps streams of different people apart. */
export function dialled(who: string): Dial {
  if (typeof SharedWorker !== "undefined") return (ear) => toWorker(who, ear);
  const shared = typeof BroadcastChannel !== "undefined" && "locks" in navigator;
  return shared ? (ear, { again }) => new Lead(who, ear, again) : alone;
}

function toWorker(who: string, ear: Ear): Line {
  const worker = new SharedWorker(new URL("./worker.ts", import.meta.url), {
    type: "module",
    name: `onemap live ${who}`,
  });
  worker.addEventListener("error", () => ear.lost());
  worker.port.addEventListener("message", ({ data }: MessageEvent<Said>) => ear.hear(data));
  worker.port.start();
  return {
    post: (asked) => worker.port.postMessage(asked),
    close: () => worker.port.close(),
  };
}

const open = (handlers: StreamHandlers): Stream => new Stream(EVENTS, handlers);

/** A stream of the tab's own. */
export const alone: Dial = (ear) => {
  const relay = new Relay(open);
  const tab: Tab = { post: (said) => ear.hear(said) };
  return { post: (asked) => relay.hear(tab, asked), close: () => relay.stop() };
};

/** What goes over the channel: to the one who leads, or from there to one tab or to all. */
type Letter = { from: string; asked: Asked } | { to: string | null; said: Said };

/** One tab at a time holds the lock and the stream; when it goes, the browser names the next. */
export class Lead implements Line {
  readonly #me = newId();
  readonly #channel: BroadcastChannel;
  readonly #waiting = new AbortController();
  readonly #tabs = new Map<string, Tab>();
  #relay: Relay | null = null;
  #release: (() => void) | null = null;

  constructor(
    who: string,
    private readonly ear: Ear,
    steal: boolean,
    private readonly make: (handlers: StreamHandlers) => Stream = open,
  ) {
    const name = `onemap live ${who}`;
    this.#channel = new BroadcastChannel(name);
    this.#channel.addEventListener("message", ({ data }: MessageEvent<Letter>) => this.#read(data));
    void this.#queue(name, steal);
  }

  post(asked: Asked): void {
    if (this.#relay) this.#relay.hear(this.#tab(this.#me), asked);
    else this.#channel.postMessage({ from: this.#me, asked } satisfies Letter);
  }

  close(): void {
    if (!this.#relay) this.post({ is: "leave" });
    this.#waiting.abort();
    this.#step();
    this.#channel.close();
  }

  async #queue(name: string, steal: boolean): Promise<void> {
    const held = (): Promise<void> => this.#lead();
    try {
      // A lock that is taken by force waits for nobody, so there is no waiting to break off.
      if (steal) await navigator.locks.request(name, { steal }, held);
      else await navigator.locks.request(name, { signal: this.#waiting.signal }, held);
    } catch (cause) {
      if (!(cause instanceof DOMException && cause.name === "AbortError")) throw cause;
      // Another tab took the lead, or this one is closed.
      this.#step();
      if (this.#waiting.signal.aborted) return;
      // Its word that it leads may have been heard here while this one still did.
      this.ear.hear({ is: "lead" });
      await this.#queue(name, false);
    }
  }

  #lead(): Promise<void> {
    if (this.#waiting.signal.aborted) return Promise.resolve();
    this.#relay = new Relay(this.make);
    this.#channel.postMessage({ to: null, said: { is: "lead" } } satisfies Letter);
    this.ear.hear({ is: "lead" });
    return new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  #step(): void {
    this.#relay?.stop();
    this.#relay = null;
    this.#tabs.clear();
    this.#release?.();
    this.#release = null;
  }

  #read(letter: Letter): void {
    if ("from" in letter) this.#relay?.hear(this.#tab(letter.from), letter.asked);
    else if (letter.to === null || letter.to === this.#me) this.ear.hear(letter.said);
    if ("from" in letter && letter.asked.is === "leave") this.#tabs.delete(letter.from);
  }

  #tab(name: string): Tab {
    const known = this.#tabs.get(name);
    if (known) return known;
    const tab: Tab =
      name === this.#me
        ? { post: (said) => this.ear.hear(said) }
        : { post: (said) => this.#channel.postMessage({ to: name, said } satisfies Letter) };
    this.#tabs.set(name, tab);
    return tab;
  }
}
