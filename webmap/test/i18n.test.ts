import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { initialLanguage, speak, t, word } from "../src/text/i18n";

type Texts = Readonly<Record<string, string>>;
/** All words that a page can ever speak: those it begins with and those that come later. */
const spoken = (modules: Record<string, Texts>): Texts =>
  Object.assign({}, ...Object.values(modules));
const zh = spoken(
  import.meta.glob<Texts>("../src/text/zh*.ts", { eager: true, import: "default" }),
);
const en = spoken(
  import.meta.glob<Texts>("../src/text/en*.ts", { eager: true, import: "default" }),
);
/** A name in the reader's language goes by one of two parameters. */
const params = (text: string): string[] =>
  [...text.matchAll(/\{(\w+?)(?:_zh|_en)?\}/g)].map((m) => m[1] ?? "").sort();

describe("the words", () => {
  it("both languages have the same keys", () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
  });

  it("both languages name the same parameters", () => {
    const wrong = Object.entries(zh).filter(
      ([key, text]) => params(text).join() !== params(en[key] ?? "").join(),
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

  it("what the page leaves out are words that only the server says", () => {
    const folder = join(import.meta.dirname, "../../gis_server/text/zh");
    const left = readdirSync(folder).filter((name) => {
      const words = JSON.parse(readFileSync(join(folder, name), "utf8")) as Record<string, string>;
      const [first] = Object.keys(words);
      return first !== undefined && !(first in zh);
    });
    expect(left).toContain("server.json");
    const own = Object.keys(zh).map((key) => key.split(".")[0]);
    const code = readdirSync(join(import.meta.dirname, "../src"), { recursive: true })
      .map(String)
      .filter((name) => name.endsWith(".ts"))
      .map((name) => readFileSync(join(import.meta.dirname, "../src", name), "utf8"))
      .join();
    const said = left
      .flatMap((name) => Object.keys(JSON.parse(readFileSync(join(folder, name), "utf8"))))
      .map((key) => key.split(".")[0] ?? "")
      // An error comes with its sentence; the page has sentences for its own errors alone.
      .filter((prefix) => !own.includes(prefix) && code.includes(`word("${prefix}`));
    expect([...new Set(said)]).toEqual([]);
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
