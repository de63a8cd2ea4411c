import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

/** Signs that Noto Sans SC has, which comes with the page, and CJK fonts have with it. */
const KNOWN = new Set("←↑→↓⇔−∞∫≈≤≥✓★◆●");
const ROOTS = [join(__dirname, "../src"), join(__dirname, "../../gis_server/text")];

describe("signs", () => {
  it("are drawn, or letters of the font that comes with the page", () => {
    const found = ROOTS.flatMap((root) =>
      readdirSync(root, { recursive: true, encoding: "utf8" })
        .filter((name) => /\.(ts|css|json)$/.test(name))
        .flatMap((name) =>
          [...readFileSync(join(root, name), "utf8")]
            .filter((sign) => /[\u2190-\u245f\u2500-\u2bff\u{1f000}-\u{1faff}]/u.test(sign))
            .filter((sign) => !KNOWN.has(sign))
            .map((sign) => `${name}: ${sign}`),
        ),
    );
    expect([...new Set(found)]).toEqual([]);
  });
});
