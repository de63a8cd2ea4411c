import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fetched, pressed } from "../src/store/coming";
import { initial, store } from "../src/store/state";
import { t } from "../src/text/i18n";

const AWAY = new TypeError("Failed to fetch dynamically imported module: /assets/plot-x.js");
const said = (): string[] => store.state.notices.map(({ text }) => text);

/** Code that does not come so often as it is told. */
function part(failures: number, cause: Error = AWAY) {
  let left = failures;
  const load = vi.fn(async () => {
    if (left-- > 0) throw cause;
    return { name: "part" };
  });
  return load;
}

beforeEach(() => {
  vi.useFakeTimers();
  store.set({ ...initial, notices: [] });
});
afterEach(() => {
  vi.useRealTimers();
  document.head.replaceChildren();
});

describe("code that a page cannot do without", () => {
  it("is asked for until it comes, and the words are said once and taken back", async () => {
    const load = part(3);
    const found = fetched(load);
    await vi.advanceTimersByTimeAsync(0);
    expect(said()).toEqual([t("error.unreachable")]);
    store.set({ notices: [] });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(load).toHaveBeenCalledTimes(2);
    expect(said()).toEqual([]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await found).toEqual({ name: "part" });
    expect(load).toHaveBeenCalledTimes(4);
  });

  it("is asked for at once when the link is back", async () => {
    const load = part(3);
    const found = fetched(load);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(load).toHaveBeenCalledTimes(3);
    store.set({ link: { ...store.state.link, status: "down" } as never });
    await vi.advanceTimersByTimeAsync(0);
    expect(load).toHaveBeenCalledTimes(3);
    store.set({ link: { ...store.state.link, status: "live" } as never });
    await vi.advanceTimersByTimeAsync(0);
    expect(await found).toEqual({ name: "part" });
    expect(said()).toEqual([]);
  });

  it("that is wrong itself is a fault of the program, and not asked for again", async () => {
    const load = part(9, new TypeError("x is undefined"));
    await expect(fetched(load)).rejects.toThrow("x is undefined");
    expect(load).toHaveBeenCalledTimes(1);
    expect(said()).toEqual([]);
  });
});

describe("code that a press asks for", () => {
  it("is said not to have come, and a press asks again", async () => {
    const load = part(1);
    const act = vi.fn();
    await pressed(load, act);
    expect(said()).toEqual([t("error.unreachable")]);
    expect(act).not.toHaveBeenCalled();
    await pressed(load, act);
    expect(act).toHaveBeenCalledWith({ name: "part" });
  });
});

describe("a style sheet that did not come", () => {
  it("is asked for again with its part, and the part waits for it", async () => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet" });
    document.head.append(link);
    link.dispatchEvent(new Event("error"));
    const load = part(0);
    const act = vi.fn();
    const coming = pressed(load, act);
    await vi.advanceTimersByTimeAsync(0);
    const [again] = document.head.querySelectorAll("link");
    expect(again).not.toBe(link);
    expect(load).not.toHaveBeenCalled();
    again?.dispatchEvent(new Event("load"));
    await coming;
    expect(act).toHaveBeenCalledTimes(1);
  });

  it("that fails once more is asked for once more", async () => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet" });
    document.head.append(link);
    link.dispatchEvent(new Event("error"));
    const load = part(0);
    const first = pressed(load, vi.fn());
    await vi.advanceTimersByTimeAsync(0);
    document.head.querySelector("link")?.dispatchEvent(new Event("error"));
    await first;
    expect(said()).toEqual([t("error.unreachable")]);
    const act = vi.fn();
    const second = pressed(load, act);
    await vi.advanceTimersByTimeAsync(0);
    document.head.querySelector("link")?.dispatchEvent(new Event("load"));
    await second;
    expect(act).toHaveBeenCalledTimes(1);
  });
});
