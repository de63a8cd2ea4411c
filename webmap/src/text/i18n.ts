/** The words: one catalogue shared with the server, compiled into the page. */
import type desk from "../../../gis_server/text/zh/desk.json";
import type duty_tools from "../../../gis_server/text/zh/duty_tools.json";
import type hall from "../../../gis_server/text/zh/hall.json";
import type offline from "../../../gis_server/text/zh/offline.json";
import type plot from "../../../gis_server/text/zh/plot.json";
import type print from "../../../gis_server/text/zh/print.json";
import type replay from "../../../gis_server/text/zh/replay.json";
import type ui from "../../../gis_server/text/zh/ui.json";

/** The words that the code asks for by name; words for codes of data come from every file. */
export type Key =
  | keyof typeof ui
  | keyof typeof offline
  | keyof typeof hall
  | keyof typeof desk
  | keyof typeof duty_tools
  | keyof typeof plot
  | keyof typeof print
  | keyof typeof replay;
export type Language = "zh" | "en";

type Texts = Record<string, string>;
/** A page speaks one language at a time: the other one is fetched when it is chosen. */
const CATALOGUES: Readonly<Record<Language, () => Promise<{ default: Texts }>>> = {
  zh: () => import("./zh"),
  en: () => import("./en"),
};

let words: Readonly<Texts> = {};
let language: Language = "zh";
const known: Record<Language, Texts> = { zh: {}, en: {} };

/** Words that a page begins without; they stay with each language from when they are wanted. */
const MORE = {
  /** With the first plan. */
  models: { zh: () => import("./zh_models"), en: () => import("./en_models") },
  /** With a wall, and with what drives one. */
  hall: { zh: () => import("./zh_hall"), en: () => import("./en_hall") },
  /** With plots, and with the tools that draw and measure. */
  plot: { zh: () => import("./zh_plot"), en: () => import("./en_plot") },
  /** With the tools of the duty desk. */
  desk: { zh: () => import("./zh_desk"), en: () => import("./en_desk") },
  /** With a printed map, and the dialog that asks for one. */
  print: { zh: () => import("./zh_print"), en: () => import("./en_print") },
  /** With the line of time, once it is opened. */
  replay: { zh: () => import("./zh_replay"), en: () => import("./en_replay") },
} satisfies Record<string, typeof CATALOGUES>;
const spoken = new Set<Language>();
const wanted = new Set<keyof typeof MORE>();

/** Fetch the words of a language; `speak` can then use them. */
export async function loadWords(language: Language): Promise<void> {
  if (!spoken.has(language)) await add(language, CATALOGUES);
  spoken.add(language);
  await Promise.all([...wanted].map((name) => add(language, MORE[name])));
}

/** Fetch words that only a part of the pages needs. */
export async function loadMoreWords(name: keyof typeof MORE): Promise<void> {
  wanted.add(name);
  await Promise.all([...spoken].map((language) => add(language, MORE[name])));
}

/** Fetch the words that plans are told in; a page without a plan does without them. */
export const loadModelWords = (): Promise<void> => loadMoreWords("models");

/**
 * A module is fetched once, however often it is asked for. While the server is away it is asked for
 * again: a page without its words could tell nobody that it failed.
 */
async function add(language: Language, from: typeof CATALOGUES): Promise<void> {
  for (let wait_ms = 1000; ; wait_ms = Math.min(2 * wait_ms, 30_000)) {
    const found = await from[language]().catch(() => null);
    if (found) {
      Object.assign(known[language], found.default);
      return;
    }
    await new Promise((done) => setTimeout(done, wait_ms));
  }
}

export function speak(chosen: Language): void {
  language = chosen;
  words = known[chosen];
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
}

export function t(key: Key, params: Record<string, string | number> = {}): string {
  return phrase(key, params);
}

export function has(key: string): boolean {
  return Object.hasOwn(words, key);
}

interface Named {
  name?: unknown;
  name_en?: unknown;
}

/** What a thing is called in the reader's language, else by its other name. */
export function nameOf({ name, name_en }: Named): string | null {
  const names = language === "en" ? [name_en, name] : [name, name_en];
  const found = names.find((one) => typeof one === "string" && one !== "");
  return typeof found === "string" ? found : null;
}

/** A text that data names, with its parameters; ask `has` first. */
export function phrase(key: string, params: Record<string, string | number>): string {
  return (words[key] ?? key).replaceAll(/\{(\w+)\}/g, (blank, name: string) =>
    String(params[name] ?? blank),
  );
}

/** A word for a code that data may extend: the code itself where no word is known. */
export function word(prefix: string, code: string): string {
  const key = `${prefix}.${code}`;
  return has(key) ? phrase(key, {}) : code;
}

export function initialLanguage(search: string, stored: string | null, browser: string): Language {
  const asked = new URLSearchParams(search).get("lang") ?? stored;
  if (asked === "zh" || asked === "en") return asked;
  return browser.toLowerCase().startsWith("zh") ? "zh" : "en";
}

// Whoever imports the words finds them there: a page draws nothing before it can speak.
const first = initialLanguage(
  location.search,
  localStorage.getItem("language"),
  navigator.language,
);
await loadWords(first);
speak(first);
