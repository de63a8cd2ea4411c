/** Leaflet as it is published, beside the bundle: reports that open without a network carry it. */
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

const FILES = ["leaflet.js", "leaflet.css"];

export const reportFiles: Plugin = {
  name: "report-files",
  apply: "build",
  generateBundle() {
    for (const name of FILES)
      this.emitFile({
        type: "asset",
        fileName: `report/${name}`,
        source: readFileSync(`node_modules/leaflet/dist/${name}`),
      });
  },
};
