import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../src");
const files = readdirSync(ROOT, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".ts"),
);
const source = (name: string): string => readFileSync(join(ROOT, name), "utf8");
const folder = (name: string): string => name.split("/")[0] ?? "";
const outside = (allowed: string, pattern: RegExp): string[] =>
  files.filter((name) => folder(name) !== allowed && pattern.test(source(name)));

/** The folders of ours that a file imports. */
function imports(name: string): string[] {
  return [...source(name).matchAll(/from "\.\.\/(\w+)\//g)].map((match) => match[1] ?? "");
}

const MAY: Readonly<Record<string, readonly string[]>> = {
  text: [],
  symbols: [],
  api: [],
  live: ["api"],
  pack: ["api"],
  store: ["api", "live", "pack", "text"],
  map: ["api", "pack", "store", "symbols", "text"],
  panels: ["api", "store", "symbols", "text"],
};

describe("the walls of the web map", () => {
  it("only src/map imports Leaflet and MapLibre", () => {
    expect(outside("map", /from "(leaflet|maplibre-gl|@maplibre)/)).toEqual([]);
  });

  it("only src/api fetches, and the worker that answers for a server that is away", () => {
    const fetches = /\bfetch\(|XMLHttpRequest|sendBeacon/;
    expect(outside("api", fetches)).toEqual(["field/worker/main.ts"]);
  });

  it("only src/live opens an EventSource", () => {
    expect(outside("live", /new EventSource|new WebSocket/)).toEqual([]);
  });

  it("no code is fetched without another try where the server is away", () => {
    const bare = /(?<!\(\) => |typeof |\[)\bimport\("/;
    expect(files.filter((name) => bare.test(source(name).replaceAll(", import(", "")))).toEqual([]);
  });

  it("no file writes HTML from text", () => {
    const html = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|unsafeHTML|bindPopup/;
    expect(files.filter((name) => html.test(source(name)))).toEqual([]);
  });

  it("no template sets a style attribute, which the content security policy would refuse", () => {
    expect(files.filter((name) => /\sstyle="|styleMap/.test(source(name)))).toEqual([]);
  });

  it("folders import one way: api, live, store, then map and panels", () => {
    const wrong = files.flatMap((name) => {
      const allowed = MAY[folder(name)];
      return allowed
        ? imports(name)
            .filter((to) => !allowed.includes(to))
            .map((to) => `${name} -> ${to}`)
        : [];
    });
    expect(wrong).toEqual([]);
  });

  it("no file is longer than 300 lines", () => {
    expect(files.filter((name) => source(name).split("\n").length > 300)).toEqual([]);
  });

  it("no text for people stands in the code", () => {
    const chinese = files.filter((name) =>
      /[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]/.test(source(name)),
    );
    expect(chinese).toEqual([]);
  });
});
