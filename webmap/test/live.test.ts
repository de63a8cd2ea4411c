import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Stream, type StreamHandlers } from "../src/live/stream";

class FakeSource extends EventTarget {
  static made: FakeSource[] = [];
  readyState = 0;
  closed = false;
  constructor(readonly url: string) {
    super();
    FakeSource.made.push(this);
  }
  close(): void {
    this.closed = true;
  }
  say(type: string, data?: unknown): void {
    this.dispatchEvent(
      data === undefined
        ? new Event(type)
        : new MessageEvent(type, { data: typeof data === "string" ? data : JSON.stringify(data) }),
    );
  }
}

const handlers = { onChange: vi.fn(), onReset: vi.fn(), onLink: vi.fn() } satisfies StreamHandlers;
const links = (): unknown[] => handlers.onLink.mock.calls.map((call) => call[0]);

function started(): FakeSource {
  new Stream("/events", handlers, (url) => new FakeSource(url) as unknown as EventSource).start();
  const source = FakeSource.made.at(-1);
  if (!source) throw new Error("no source");
  return source;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", { CLOSED: 2 });
  FakeSource.made = [];
  for (const handler of Object.values(handlers)) handler.mockReset();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the live link", () => {
  it("is connecting before it is live, and late after twenty silent seconds", () => {
    const source = started();
    expect(links()).toEqual(["connecting"]);
    source.say("open");
    vi.advanceTimersByTime(19_000);
    expect(links()).toEqual(["connecting", "live"]);
    vi.advanceTimersByTime(2_000);
    expect(links().at(-1)).toBe("late");
  });

  it("dials again when a link has been silent too long, and resumes", () => {
    const source = started();
    source.say("heartbeat", { seq: 41 });
    vi.advanceTimersByTime(36_000);
    expect(source.closed).toBe(true);
    expect(FakeSource.made.at(-1)?.url).toBe("/events?last_event_id=41");
  });

  it("begins after the seq that the page was read at", () => {
    const open = (url: string) => new FakeSource(url) as unknown as EventSource;
    new Stream("/events", handlers, open).startAfter(7, "e1");
    expect(FakeSource.made.at(-1)?.url).toBe("/events?last_event_id=7&epoch=e1");
  });

  it("asks for everything again when the database lives a new life", () => {
    const source = started();
    source.say("heartbeat", { seq: 41, epoch: "e1" });
    expect(handlers.onReset).not.toHaveBeenCalled();
    source.say("heartbeat", { seq: 3, epoch: "e2" });
    expect(handlers.onReset).toHaveBeenCalledOnce();
    expect(handlers.onLink).toHaveBeenLastCalledWith("live", 3);
  });

  it("hands on a change with its seq", () => {
    started().say("change", { seq: 7, layer: "incident", feature: "a", op: "insert" });
    expect(handlers.onChange).toHaveBeenCalledWith(
      expect.objectContaining({ seq: 7, layer: "incident", feature: "a" }),
    );
    expect(handlers.onLink).toHaveBeenLastCalledWith("live", 7);
  });

  it("resumes after its last seq when the server had closed it", () => {
    const source = started();
    source.say("heartbeat", { seq: 41 });
    source.readyState = 2;
    source.say("error");
    expect(links().at(-1)).toBe("lost");
    vi.advanceTimersByTime(16_000);
    expect(FakeSource.made.map(({ url }) => url)).toEqual(["/events", "/events?last_event_id=41"]);
    expect(source.closed).toBe(true);
  });

  it("leaves the browser's own retry alone", () => {
    const source = started();
    source.say("error");
    vi.advanceTimersByTime(60_000);
    expect(FakeSource.made).toHaveLength(1);
  });

  it("forgets its seq at a reset and asks for everything again", () => {
    const source = started();
    source.say("heartbeat", { seq: 41 });
    source.say("reset", { seq: 3 });
    expect(handlers.onReset).toHaveBeenCalledOnce();
    source.readyState = 2;
    source.say("error");
    vi.advanceTimersByTime(16_000);
    expect(FakeSource.made.at(-1)?.url).toBe("/events");
  });

  it("an event that cannot be read costs a fresh read, not the stream", () => {
    const source = started();
    source.say("change", "{broken");
    source.say("change", { layer: "team" });
    expect(handlers.onReset).toHaveBeenCalledTimes(2);
    source.say("change", { seq: 1, layer: "team" });
    expect(handlers.onChange).toHaveBeenCalledOnce();
  });
});
