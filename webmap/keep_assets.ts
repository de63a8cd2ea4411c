/** Pages that are open during a deployment load fonts later: what a build replaces stays a week. */
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

export const KEPT_MS = 7 * 24 * 3600 * 1000;
const LIST = ".assets.json";

/** Date what this build replaced to now, and delete what an earlier one replaced a week ago. */
export function dropOld(folder: string, built: ReadonlySet<string>, now: Date): void {
  const list = join(folder, LIST);
  const assets = join(folder, "assets");
  const last = new Set<string>(existsSync(list) ? JSON.parse(readFileSync(list, "utf8")) : []);
  for (const name of existsSync(assets) ? readdirSync(assets) : []) {
    const path = join(assets, name);
    if (built.has(name)) continue;
    if (last.has(name)) utimesSync(path, now, now);
    else if (now.getTime() - statSync(path).mtimeMs > KEPT_MS) rmSync(path, { recursive: true });
  }
  writeFileSync(list, JSON.stringify([...built].sort()));
}

export const keepAssets: Plugin = {
  name: "keep-assets",
  apply: "build",
  writeBundle(options, bundle) {
    const names = Object.keys(bundle)
      .filter((name) => name.startsWith("assets/"))
      .map((name) => name.slice("assets/".length));
    if (options.dir) dropOld(options.dir, new Set(names), new Date());
  },
};
