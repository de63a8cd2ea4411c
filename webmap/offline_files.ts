/** The list of files that the field's page needs, written into its service worker by each build. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Plugin } from "vite";

export const WORKER = "sw.js";
const PAGE = "field.html";
const ICON = "favicon.svg";
const MARK = "__BUILD__";

type Content = string | Uint8Array;

/** Names of all files that a file leads to, itself among them: what one names, it may ask for. */
export function reached(from: string, files: ReadonlyMap<string, Content>): string[] {
  const found = new Set([from]);
  for (const name of found) {
    const content = files.get(name);
    if (typeof content !== "string") continue;
    for (const other of files.keys()) if (content.includes(basename(other))) found.add(other);
  }
  return [...found].sort();
}

/** Return the worker's code with the list of the files in it. */
export function withList(code: string, files: ReadonlyMap<string, Content>): string {
  const listed = reached(PAGE, files).map((name) => [
    name === PAGE ? "/field" : `/${name}`,
    sha256(files.get(name) ?? ""),
  ]);
  const version = sha256(JSON.stringify(listed)).slice(0, 16);
  if (code.split(MARK).length !== 2) throw new Error(`${WORKER} names its build not once`);
  return code.replace(MARK, () => JSON.stringify({ version, files: listed }));
}

function sha256(content: Content): string {
  return createHash("sha256").update(content).digest("hex");
}

export const offlineFiles: Plugin = {
  name: "offline-files",
  apply: "build",
  enforce: "post",
  generateBundle: {
    order: "post",
    handler(_, bundle) {
      const worker = bundle[WORKER];
      if (worker?.type !== "chunk") throw new Error(`the build has no ${WORKER}`);
      if (worker.imports.length > 0 || worker.dynamicImports.length > 0)
        throw new Error(`${WORKER} must be one file: it imports ${worker.imports.join(", ")}`);
      const files = new Map<string, Content>([[ICON, readFileSync(`public/${ICON}`)]]);
      for (const [name, file] of Object.entries(bundle)) {
        if (name === WORKER) continue;
        const content = file.type === "chunk" ? file.code : file.source;
        files.set(name, typeof content === "string" ? content : readable(name, content));
      }
      worker.code = withList(worker.code, files);
    },
  },
};

function readable(name: string, content: Uint8Array): Content {
  return /\.(html|css|m?js)$/.test(name) ? new TextDecoder().decode(content) : content;
}
