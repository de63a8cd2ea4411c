import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { keepAssets } from "./keep_assets.ts";
import { offlineFiles, WORKER } from "./offline_files.ts";
import { reportFiles } from "./report_files.ts";

const WORKER_SOURCE = "src/field/worker/main.ts";

/** Fontsource names a .woff beside every .woff2; no browser we serve needs the second file. */
const onlyWoff2: Plugin = {
  name: "only-woff2",
  enforce: "pre",
  transform(code, id) {
    if (!id.includes("@fontsource") || !id.endsWith(".css")) return null;
    return code.replaceAll(/, url\([^)]+\.woff\) format\('woff'\)/g, "");
  },
};

export default defineConfig({
  plugins: [onlyWoff2, keepAssets, offlineFiles, reportFiles],
  build: {
    outDir: "../gis_server/web",
    // keepAssets clears what nobody can still ask for.
    emptyOutDir: false,
    target: "es2022",
    // A font inlined as data: would be refused by the content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    rollupOptions: {
      input: [
        "index.html",
        "desk.html",
        "hall.html",
        "planner.html",
        "field.html",
        "print.html",
        WORKER_SOURCE,
      ],
      output: {
        // A service worker answers for what lies below its own address, so it has a plain one.
        entryFileNames: ({ facadeModuleId }) =>
          facadeModuleId?.endsWith(WORKER_SOURCE) ? WORKER : "assets/[name]-[hash].js",
      },
    },
  },
  server: {
    port: 8651,
    strictPort: true,
    proxy: { "/api": "http://127.0.0.1:8650", "/tiles": "http://127.0.0.1:8650" },
  },
  test: {
    environment: "happy-dom",
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/words.ts"],
  },
});
