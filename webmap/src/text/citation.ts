/** Where a number is from, with how sure that is in the reader's words. */
import { has, phrase } from "./i18n";

/** "HJ 169-2018 [mem 95%]" with the mark in brackets told in words; the mark is never lost. */
export function cited(source: string): string {
  return source.replace(/\s*\[([^\]]+)\]\s*$/, (_, mark: string) => ` (${certainty(mark)})`);
}

function certainty(mark: string): string {
  return mark
    .split(", ")
    .map((part) => {
      const [, name = part, percent = ""] = /^(.*?)(?: (\d+)%)?$/.exec(part) ?? [];
      const key = `certainty.${name}`;
      return has(key) ? phrase(key, { percent }) : part;
    })
    .join(", ");
}
