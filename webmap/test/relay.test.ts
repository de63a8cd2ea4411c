import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Change, change } from "../src/api/wire";
import { type Dial, type Ear, Lead } from "../src/live/line";
import { type Asked, Relay, type Said, type Tab } from "../src/live/relay";
import { SharedStream } from "../src/live/shared";
import type { Stream, StreamHandlers } from "../src/live/stream";

const numbered = (seq: number): Change => change({ seq, layer: "team", op: "update" }, "");

/** A stream that says what a test has it say. */
class FakeStream {
  static made: FakeStream[] = [];
  begun: [number | null, string | null][] = [];
  stopped = 0;
  wake = vi.fn();
  constructor(readonly handlers: StreamHandlers) {
    FakeStream.made.push(this);
  }
  startAfter(seq: number | null, epoch: string | null): void {
    this.begun.push([seq, epoch]);
  }
  stop(): void {
    this.stopped += 1;
  }
  say(...seqs: number[]): void {
    for (const seq of seqs) this.handlers.onChange(numbered(seq));
  }
  beat(seq: number, epoch = "e1"): void {
    this.handlers.onLink("live", seq);
    this.handlers.onClock?.(1000, seq, epoch);
  }
}

const open = (handlers: StreamHandlers): Stream => new FakeStream(handlers) as unknown as Stream;

class FakeTab implements Tab {
  said: Said[] = [];
  post(said: Said): void {
    this.said.push(said);
  }
  get seqs(): number[] {
    return this.said.flatMap((one) => (one.is === "change" ? [one.change.seq] : []));
  }
}

function made(): [Relay, FakeStream] {
  const relay = new Relay(open);
  return [relay, FakeStream.made.at(-1) as FakeStream];
}

const join = (relay: Relay, seq: number | null, epoch: string | null = "e1"): FakeTab => {
  const tab = new FakeTab();
  relay.hear(tab, { is: "join", seq, epoch });
  return tab;
};

beforeEach(() => {
  FakeStream.made = [];
});

describe("the relay of one browser", () => {
  it("dials once for all tabs and tells each what comes", () => {
    const [relay, stream] = made();
    const one = join(relay, 4);
    const two = join(relay, 4);
    stream.say(5, 6);
    expect(stream.begun).toEqual([[4, "e1"]]);
    expect(one.seqs).toEqual([5, 6]);
    expect(two.seqs).toEqual([5, 6]);
  });

  it("gives a tab that joins later what was sealed since it was read, and nothing twice", () => {
    const [relay, stream] = made();
    join(relay, 4);
    stream.say(5, 6, 7);
    const late = join(relay, 5);
    stream.say(8);
    expect(late.seqs).toEqual([6, 7, 8]);
    expect(stream.begun).toHaveLength(1);
  });

  it("dials again for a tab that is farther back than it remembers; the others hear nothing twice", () => {
    const [relay, stream] = made();
    const one = join(relay, 4);
    stream.say(5, 6);
    const back = join(relay, 2);
    expect(stream.begun.at(-1)).toEqual([2, "e1"]);
    stream.say(3, 4, 5, 6, 7);
    expect(back.seqs).toEqual([3, 4, 5, 6, 7]);
    expect(one.seqs).toEqual([5, 6, 7]);
  });

  it("forgets the oldest and then dials again rather than leave a gap", () => {
    const [relay, stream] = made();
    join(relay, 0);
    stream.say(...Array.from({ length: 600 }, (_, at) => at + 1));
    expect(join(relay, 100).seqs[0]).toBe(101);
    expect(stream.begun).toHaveLength(1);
    join(relay, 99);
    expect(stream.begun.at(-1)).toEqual([99, "e1"]);
  });

  it("has all tabs read everything again at a reset, and a new life of the database is one", () => {
    const [relay, stream] = made();
    const one = join(relay, 4);
    stream.beat(4);
    join(relay, 2, "e2");
    expect(one.said.at(-1)).toEqual({ is: "reset" });
    expect(stream.begun.at(-1)).toEqual([2, "e2"]);
    stream.handlers.onReset();
    expect(one.said.filter(({ is }) => is === "reset")).toHaveLength(2);
  });

  it("tells a change of the link to all, and life by the clock alone", () => {
    const [relay, stream] = made();
    const one = join(relay, 4);
    stream.beat(4);
    stream.beat(4);
    stream.handlers.onLink("lost", 4);
    expect(one.said.map(({ is }) => is)).toEqual(["link", "clock", "clock", "link"]);
    expect(join(relay, 4).said.at(-1)).toEqual({ is: "link", status: "lost", seq: 4 });
  });

  it("hangs up when the last tab has gone, and dials for the next", () => {
    const [relay, stream] = made();
    const one = join(relay, 4);
    const two = join(relay, 4);
    relay.hear(one, { is: "leave" });
    expect(stream.stopped).toBe(0);
    relay.hear(two, { is: "leave" });
    expect(stream.stopped).toBe(1);
    join(relay, 9);
    expect(stream.begun.at(-1)).toEqual([9, "e1"]);
  });
});

/** Locks as a browser has them: one holds, the others wait, one may take it by force. */
class FakeLocks {
  #held = new Map<string, () => void>();
  #queues = new Map<string, (() => void)[]>();
  request(
    name: string,
    { steal = false, signal }: { steal?: boolean; signal?: AbortSignal },
    held: () => Promise<void>,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const broken = (): void => reject(new DOMException("", "AbortError"));
      const take = (): void => {
        if (signal?.aborted) {
          this.#next(name);
          return;
        }
        this.#held.set(name, broken);
        void held().then(() => {
          resolve();
          if (this.#held.get(name) === broken) this.#next(name);
        });
      };
      signal?.addEventListener("abort", broken);
      const before = this.#held.get(name);
      if (before && !steal) this.#queues.set(name, [...(this.#queues.get(name) ?? []), take]);
      else {
        before?.();
        take();
      }
    });
  }
  #next(name: string): void {
    this.#held.delete(name);
    this.#queues.get(name)?.shift()?.();
  }
}

class FakeChannel extends EventTarget {
  static open = new Set<FakeChannel>();
  constructor(readonly name: string) {
    super();
    FakeChannel.open.add(this);
  }
  postMessage(data: unknown): void {
    for (const other of FakeChannel.open)
      if (other !== this && other.name === this.name)
        setTimeout(() => other.dispatchEvent(new MessageEvent("message", { data })));
  }
  close(): void {
    FakeChannel.open.delete(this);
  }
}

describe("tabs without a shared worker", () => {
  const dial: Dial = (ear: Ear, { again }) => new Lead("ann", ear, again, open);
  const shown: Record<string, number[]> = {};

  function tab(name: string, seq: number): SharedStream {
    const seqs: number[] = [];
    shown[name] = seqs;
    const handlers = {
      onChange: (one: Change) => void seqs.push(one.seq),
      onReset: vi.fn(),
      onLink: vi.fn(),
    };
    const stream = new SharedStream(handlers, "ann", dial);
    stream.startAfter(seq, "e1");
    return stream;
  }

  beforeEach(() => {
    vi.useFakeTimers();
    FakeChannel.open.clear();
    vi.stubGlobal("BroadcastChannel", FakeChannel);
    vi.stubGlobal("navigator", { locks: new FakeLocks() });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("one leads and the others hear it", async () => {
    tab("first", 4);
    tab("second", 4);
    await vi.advanceTimersByTimeAsync(50);
    expect(FakeStream.made).toHaveLength(1);
    FakeStream.made[0]?.say(5, 6);
    await vi.advanceTimersByTimeAsync(50);
    expect(shown).toEqual({ first: [5, 6], second: [5, 6] });
  });

  it("when the leader closes, the next goes on from the tab that is farthest back", async () => {
    const first = tab("first", 4);
    tab("second", 4);
    tab("third", 4);
    await vi.advanceTimersByTimeAsync(50);
    FakeStream.made[0]?.say(5);
    await vi.advanceTimersByTimeAsync(50);
    FakeStream.made[0]?.say(6);
    first.stop();
    await vi.advanceTimersByTimeAsync(50);
    const next = FakeStream.made.at(-1) as FakeStream;
    expect(FakeStream.made).toHaveLength(2);
    expect(next.begun.every(([seq]) => seq === 5 || seq === 6)).toBe(true);
    next.say(6, 7);
    await vi.advanceTimersByTimeAsync(50);
    expect(shown).toEqual({ first: [5], second: [5, 6, 7], third: [5, 6, 7] });
  });

  it("a leader that hangs loses the lead to one who hears nothing from it", async () => {
    tab("hung", 4);
    tab("awake", 4);
    await vi.advanceTimersByTimeAsync(50);
    const [first] = FakeStream.made;
    await vi.advanceTimersByTimeAsync(36_000);
    expect(first?.stopped).toBeGreaterThan(0);
    FakeStream.made.at(-1)?.say(5);
    await vi.advanceTimersByTimeAsync(50);
    expect(shown.awake).toEqual([5]);
    expect(shown.hung).toEqual([5]);
  });
});

describe("a leader whose lead is taken", () => {
  it("joins the new one, whichever of the two words it hears first", async () => {
    vi.stubGlobal("BroadcastChannel", FakeChannel);
    FakeChannel.open.clear();
    let broken: (reason: unknown) => void = () => undefined;
    const request = (_: string, __: unknown, held: () => Promise<void>): Promise<void> => {
      vi.stubGlobal("navigator", { locks: { request: () => new Promise(() => undefined) } });
      void held();
      return new Promise((_resolve, reject) => {
        broken = reject;
      });
    };
    vi.stubGlobal("navigator", { locks: { request } });
    const heard: Said[] = [];
    const letters: unknown[] = [];
    const other = new FakeChannel("onemap live ann");
    other.addEventListener("message", (event) => letters.push((event as MessageEvent).data));
    const line = new Lead("ann", { hear: (said) => heard.push(said), lost: vi.fn() }, false, open);
    expect(heard).toEqual([{ is: "lead" }]);
    other.postMessage({ to: null, said: { is: "lead" } });
    await vi.waitFor(() => expect(heard).toHaveLength(2));
    broken(new DOMException("", "AbortError"));
    await vi.waitFor(() => expect(heard).toHaveLength(3));
    expect(FakeStream.made[0]?.stopped).toBe(1);
    line.post({ is: "join", seq: 4, epoch: "e1" });
    await vi.waitFor(() =>
      expect(letters.at(-1)).toMatchObject({ asked: { is: "join", seq: 4, epoch: "e1" } }),
    );
    vi.unstubAllGlobals();
  });
});

describe("a tab's end of the shared stream", () => {
  const links: unknown[] = [];
  const asked: Asked[] = [];
  let ear: Ear | null = null;

  function started(): SharedStream {
    links.length = 0;
    asked.length = 0;
    const dial: Dial = (given) => {
      ear = given;
      return { post: (one) => void asked.push(one), close: vi.fn() };
    };
    const handlers = {
      onChange: vi.fn(),
      onReset: vi.fn(),
      onLink: (status: unknown) => void links.push(status),
    };
    const stream = new SharedStream(handlers, "ann", dial);
    stream.startAfter(7, "e1");
    return stream;
  }

  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("joins where the page was read, and where it was when it has to dial again", async () => {
    started();
    ear?.hear({ is: "change", change: numbered(9) });
    await vi.advanceTimersByTimeAsync(36_000);
    expect(asked.filter(({ is }) => is === "join")).toEqual([
      { is: "join", seq: 7, epoch: "e1" },
      { is: "join", seq: 9, epoch: "e1" },
    ]);
  });

  it("is late when nobody has spoken for twenty seconds, and lost stays lost", async () => {
    started();
    ear?.hear({ is: "clock", now: 1, seq: 8, epoch: "e1" });
    await vi.advanceTimersByTimeAsync(21_000);
    expect(links.at(-1)).toBe("late");
    ear?.hear({ is: "link", status: "lost", seq: 8 });
    await vi.advanceTimersByTimeAsync(21_000);
    expect(links.at(-1)).toBe("lost");
  });

  it("asks whoever holds the stream to look when the network comes back", () => {
    started();
    dispatchEvent(new Event("online"));
    expect(asked.at(-1)).toEqual({ is: "wake" });
  });
});
