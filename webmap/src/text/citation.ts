/** Where a number is from, with how sure that is in the reader's words. */
import { clock, day } from "./format";
import { has, phrase } from "./i18n";

const MOMENT = /\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)/g;

/** "HJ 169-2018 [mem 95%]" with the mark in brackets told in words and times as the reader's; the mark is never lost. */
export function cited(source: string): string {
  const timed = source.replaceAll(
    MOMENT,
    (at) => `${day(new Date(at))} ${clock(new Date(at)).slice(0, 5)}`,
  );
  return timed.replace(/\s*\[([^\]]+)\]\s*$/, (_, mark: string) => ` (${certainty(mark)})`);
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
