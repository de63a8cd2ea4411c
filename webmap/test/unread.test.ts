import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { request } from "../src/api/client";
import { anything } from "../src/api/read";
import { attempt } from "../src/store/notices";
import { soon } from "../src/store/soon";
import { store } from "../src/store/state";
import { watchUnread } from "../src/store/unread";

const answers: (() => Promise<Response>)[] = [];
const down = (): Promise<Response> => Promise.reject(new TypeError("Failed to fetch"));
const fine = (): Promise<Response> => Promise.resolve(new Response("{}"));
const read = (): Promise<unknown> => attempt(() => request("/x", anything));
const readAll = vi.fn(async () => void (await read()));
const link = (status: "live" | "lost"): void =>
  store.set({ link: { status, seq: 1, at: Date.now() } });

watchUnread(readAll);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", () => (answers.shift() ?? fine)());
  readAll.mockClear();
  link("live");
});
afterEach(async () => {
  await vi.advanceTimersByTimeAsync(60_000);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("what could not be read", () => {
  it("is read again once the server is back, and the sentence about it goes", async () => {
    link("lost");
    answers.push(down);
    await read();
    expect(store.state.notices).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(readAll).not.toHaveBeenCalled();
    link("live");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(readAll).toHaveBeenCalledOnce();
    expect(store.state.notices).toEqual([]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(readAll).toHaveBeenCalledOnce();
  });

  it("is read again and again, ever more seldom, while the server is full", async () => {
    const full = (): Promise<Response> => Promise.resolve(new Response("{}", { status: 503 }));
    answers.push(full, full, full);
    await read();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(readAll).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(readAll).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(readAll).toHaveBeenCalledTimes(3);
  });

  it("is not what the server refused, nor what was to be written", async () => {
    answers.push(() => Promise.resolve(new Response("{}", { status: 404 })), down);
    await read();
    await attempt(() => request("/x", anything, { method: "POST", body: {} }));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(readAll).not.toHaveBeenCalled();
    store.set({ notices: [] });
  });

  it("is also an answer that broke off in the middle", async () => {
    const body = new ReadableStream({ start: (stream) => stream.error(new TypeError("cut")) });
    answers.push(() => Promise.resolve(new Response(body)));
    await read();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(readAll).toHaveBeenCalledOnce();
  });
});

describe("a thing that changes faster than it is read", () => {
  it("is read one at a time, the last time after the last change", async () => {
    let change = 0;
    let asked = 0;
    const begun: number[] = [];
    const shown: number[] = [];
    const slow = async (): Promise<void> => {
      const at = change;
      begun.push(at);
      asked += 1;
      expect(asked).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 500));
      asked -= 1;
      shown.push(at);
    };
    for (change = 1; change <= 20; change += 1) {
      soon("thing", slow);
      await vi.advanceTimersByTimeAsync(100);
    }
    await vi.advanceTimersByTimeAsync(3_000);
    expect(begun).toEqual([...begun].sort((a, b) => a - b));
    expect(shown.at(-1)).toBeGreaterThanOrEqual(20);
    expect(begun.length).toBeLessThan(8);
  });
});
