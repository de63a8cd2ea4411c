import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { dropOld, KEPT_MS } from "../keep_assets";

const DAY_MS = 24 * 3600 * 1000;
const start = new Date("2026-11-01T00:00:00Z");
const later = (ms: number): Date => new Date(start.getTime() + ms);
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "onemap-keep-"));
  mkdirSync(join(folder, "assets"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function build(at: Date, ...names: string[]): string[] {
  for (const name of names) {
    writeFileSync(join(folder, "assets", name), name);
    utimesSync(join(folder, "assets", name), at, at);
  }
  dropOld(folder, new Set(names), at);
  return readdirSync(join(folder, "assets")).sort();
}

it("what a build replaces stays for a week after it was replaced, however old it is", () => {
  build(start, "font-1.woff2");
  const replaced = 30 * DAY_MS;
  expect(build(later(replaced), "font-2.woff2")).toEqual(["font-1.woff2", "font-2.woff2"]);
  expect(build(later(replaced + KEPT_MS - DAY_MS), "font-2.woff2")).toContain("font-1.woff2");
  expect(build(later(replaced + KEPT_MS + DAY_MS), "font-2.woff2")).toEqual(["font-2.woff2"]);
});

it("what no build knows goes when it is a week old", () => {
  writeFileSync(join(folder, "assets", "stray.js"), "");
  utimesSync(join(folder, "assets", "stray.js"), start, start);
  expect(build(later(KEPT_MS + DAY_MS), "a.js")).toEqual(["a.js"]);
});
