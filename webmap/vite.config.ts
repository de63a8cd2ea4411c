import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { keepAssets } from "./keep_assets.ts";

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
  plugins: [onlyWoff2, keepAssets],
  build: {
    outDir: "../gis_server/web",
    // keepAssets clears what nobody can still ask for.
    emptyOutDir: false,
    target: "es2022",
    // A font inlined as data: would be refused by the content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    rollupOptions: {
      input: ["index.html", "desk.html", "hall.html", "planner.html", "field.html"],
    },
  },
  server: {
    port: 8651,
    strictPort: true,
    proxy: { "/api": "http://127.0.0.1:8650", "/tiles": "http://127.0.0.1:8650" },
  },
  test: { environment: "happy-dom", include: ["test/**/*.test.ts"] },
});
