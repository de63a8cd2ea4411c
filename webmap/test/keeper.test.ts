import { createHash } from "node:crypto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { reached, withList } from "../offline_files";
import { type Build, Keeper, PAGE } from "../src/field/worker/keeper";

const HERE = "http://127.0.0.1:8650";
const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
const build = (version: string, files: Record<string, string>): Build => ({
  version,
  files: Object.entries(files).map(([path, text]) => [path, hash(text)] as const),
});

/** What a browser's cache storage does, as far as the keeper uses it. */
class Storage {
  readonly held = new Map<string, Map<string, string>>();
  async open(name: string): Promise<Cache> {
    const files = this.held.get(name) ?? new Map<string, string>();
    this.held.set(name, files);
    const cache = {
      match: async (path: string) => (files.has(path) ? new Response(files.get(path)) : undefined),
      put: async (path: string, response: Response) => void files.set(path, await response.text()),
    };
    return cache as unknown as Cache;
  }
  async match(path: string): Promise<Response | undefined> {
    for (const files of this.held.values())
      if (files.has(path)) return new Response(files.get(path));
    return undefined;
  }
  async keys(): Promise<string[]> {
    return [...this.held.keys()];
  }
  async delete(name: string): Promise<boolean> {
    return this.held.delete(name);
  }
}

let storage: Storage;
let served: Record<string, string>;
const ask = vi.fn(async (request: RequestInfo): Promise<Response> => {
  const path = typeof request === "string" ? request : new URL(request.url).pathname;
  const text = served[path];
  if (text === undefined) throw new TypeError("no network");
  return new Response(text);
});
const keeper = (made: Build): Keeper => new Keeper(made, storage as unknown as CacheStorage, ask);
const page = (path: string, mode: RequestMode = "navigate"): Request =>
  ({ method: "GET", mode, url: HERE + path }) as Request;

beforeEach(() => {
  storage = new Storage();
  served = { [PAGE]: "page 1", "/assets/a-1.js": "a", "/assets/f-1.woff2": "font" };
  ask.mockClear();
});

describe("the keeper of the field's page", () => {
  it("keeps a build whole, and answers with it where there is no server", async () => {
    const one = keeper(build("1", served));
    await one.install();
    served = {};
    expect(await (await one.answer(page(PAGE))).text()).toBe("page 1");
    expect(await (await one.answer(page("/assets/a-1.js", "cors"))).text()).toBe("a");
  });

  it("gives the server's own page while there is one, also where the kept one is older", async () => {
    const one = keeper(build("1", served));
    await one.install();
    served[PAGE] = "page 2";
    expect(await (await one.answer(page(PAGE))).text()).toBe("page 2");
    // What was kept is still one build.
    served = {};
    expect(await (await one.answer(page(PAGE))).text()).toBe("page 1");
  });

  it("gives the kept page where a proxy says that the server is down", async () => {
    const one = keeper(build("1", served));
    await one.install();
    ask.mockResolvedValueOnce(new Response("bad gateway", { status: 502 }));
    expect(await (await one.answer(page(PAGE))).text()).toBe("page 1");
    ask.mockResolvedValueOnce(new Response("no such page", { status: 404 }));
    expect((await one.answer(page(PAGE))).status).toBe(404);
  });

  it("keeps no build of which a file is of another one", async () => {
    const wanted = build("1", served);
    served["/assets/a-1.js"] = "b";
    await expect(keeper(wanted).install()).rejects.toThrow("another build");
    expect(await (await storage.open("onemap-field-1")).match("/assets/a-1.js")).toBeUndefined();
  });

  it("goes on with an install that was cut, and fetches no file twice", async () => {
    const made = build("1", served);
    const { "/assets/f-1.woff2": font, ...rest } = served;
    served = rest;
    await expect(keeper(made).install()).rejects.toThrow("no network");
    await new Promise((resolve) => setTimeout(resolve, 20));
    served = { ...rest, "/assets/f-1.woff2": font ?? "" };
    ask.mockClear();
    await keeper(made).install();
    expect(ask.mock.calls.map(([path]) => path)).toEqual(["/assets/f-1.woff2"]);
  });

  it("takes an unchanged file from the last build, and drops that build when it takes over", async () => {
    await keeper(build("1", served)).install();
    served = { [PAGE]: "page 2", "/assets/a-2.js": "a2", "/assets/f-1.woff2": "font" };
    ask.mockClear();
    const two = keeper(build("2", served));
    await two.install();
    expect(ask.mock.calls.map(([path]) => path).sort()).toEqual(["/assets/a-2.js", PAGE]);
    expect(await storage.keys()).toEqual(["onemap-field-1", "onemap-field-2"]);
    await storage.open("of-another-program");
    await two.activate();
    expect(await storage.keys()).toEqual(["onemap-field-2", "of-another-program"]);
  });

  it("takes no request but those for files of the build: what the API answers is one person's", () => {
    const one = keeper(build("1", served));
    const takes = (request: Partial<Request>): boolean =>
      one.takes({ method: "GET", mode: "cors", url: `${HERE}/`, ...request }, HERE);
    expect(takes({ url: `${HERE}${PAGE}`, mode: "navigate" })).toBe(true);
    expect(takes({ url: `${HERE}${PAGE}?pack=1`, mode: "navigate" })).toBe(true);
    expect(takes({ url: `${HERE}/assets/a-1.js` })).toBe(true);
    for (const path of ["/api/v1/session", "/tiles/team/1/2/3/4.mvt", "/desk", "/sw.js", PAGE])
      expect(takes({ url: HERE + path }), path).toBe(false);
    expect(takes({ url: `${HERE}/assets/a-1.js`, method: "POST" })).toBe(false);
    expect(takes({ url: "http://elsewhere/assets/a-1.js" })).toBe(false);
  });
});

describe("the list of a build", () => {
  const files = new Map<string, string | Uint8Array>([
    ["field.html", '<script src="/assets/field-1.js"><link href="/favicon.svg">'],
    ["assets/field-1.js", 'import "./map-1.js"; new Worker("/assets/check-1.js")'],
    ["assets/map-1.js", 'const css = "assets/map-1.css"'],
    ["assets/map-1.css", "url(./font-1.woff2)"],
    ["assets/font-1.woff2", new Uint8Array([1, 2])],
    ["assets/check-1.js", ""],
    ["assets/desk-1.js", 'import "./map-1.js"'],
    ["desk.html", "/assets/desk-1.js"],
    ["favicon.svg", "<svg/>"],
  ]);

  it("has all that the page leads to, workers and fonts too, and nothing of other pages", () => {
    expect(reached("field.html", files)).toEqual([
      "assets/check-1.js",
      "assets/field-1.js",
      "assets/font-1.woff2",
      "assets/map-1.css",
      "assets/map-1.js",
      "favicon.svg",
      "field.html",
    ]);
  });

  it("names a build by its files, so that another file is another build", () => {
    const version = (held: Map<string, string | Uint8Array>): string =>
      /"version":"(\w+)"/.exec(withList("x(__BUILD__)", held))?.[1] ?? "";
    expect(version(files)).toBe(version(new Map(files)));
    const changed = new Map(files).set("assets/font-1.woff2", new Uint8Array([1, 3]));
    expect(version(changed)).not.toBe(version(files));
    expect(() => withList("no mark", files)).toThrow("not once");
  });
});
