import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import en from "../../gis_server/text/en/ui.json";
import zh from "../../gis_server/text/zh/ui.json";
import { initialLanguage, speak, t, word } from "../src/text/i18n";

const params = (text: string): string[] =>
  [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? "").sort();

describe("the words", () => {
  it("both languages have the same keys", () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
  });

  it("both languages name the same parameters", () => {
    const english: Record<string, string> = en;
    const wrong = Object.entries(zh).filter(
      ([key, text]) => params(text).join() !== params(english[key] ?? "").join(),
    );
    expect(wrong).toEqual([]);
  });

  it("every key that the code asks for exists", () => {
    const root = join(import.meta.dirname, "../src");
    const asked = readdirSync(root, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .flatMap((name) => [...readFileSync(join(root, name), "utf8").matchAll(/\bt\("([^"]+)"/g)])
      .map((match) => match[1] ?? "");
    expect(asked.filter((key) => !(key in zh))).toEqual([]);
  });

  it("a parameter is put in as text, not as HTML", () => {
    speak("en");
    expect(t("search.none", { q: "<b>x</b>" })).toContain("<b>x</b>");
  });

  it("a code without a word is shown as itself", () => {
    expect(word("kind", "meteor")).toBe("meteor");
  });

  it("the language asked for wins over the stored, the stored over the browser's", () => {
    expect(initialLanguage("?lang=en", "zh", "zh-CN")).toBe("en");
    expect(initialLanguage("", "zh", "en-GB")).toBe("zh");
    expect(initialLanguage("", null, "zh-TW")).toBe("zh");
    expect(initialLanguage("", null, "de")).toBe("en");
    expect(initialLanguage("?lang=fr", null, "zh-CN")).toBe("zh");
  });
});
