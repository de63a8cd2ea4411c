/** The time of day at the site: every screen of it tells and takes the same, wherever it stands. */

interface Wall {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const two = (value: number): string => String(value).padStart(2, "0");

let zone: string | undefined;
let reader = reading(undefined);

function reading(timeZone: string | undefined): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
}

/** Tell times of a zone by its IANA name; none is the device's own. */
export function setZone(name: string | null): void {
  zone = name ?? undefined;
  reader = reading(zone);
}

/** What a clock on the site's wall shows. */
export function wall(at: number | Date): Wall {
  const found: Record<string, number> = {};
  for (const { type, value } of reader.formatToParts(at)) found[type] = Number(value);
  return found as unknown as Wall;
}

/** "UTC+08:00" where the device's own clock shows another time than the site's, else nothing. */
export function foreignZone(at: number): string | null {
  const offset = offsetMinutes(at);
  if (offset === -new Date(at).getTimezoneOffset()) return null;
  const sign = offset < 0 ? "\u2212" : "+";
  const size = Math.abs(offset);
  return `UTC${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** "2026-11-22T14:05:12" by the site's clock, as the browser's own field takes it. */
export function localInput(at: string): string {
  if (!at) return "";
  const { year, month, day, hour, minute, second } = wall(Date.parse(at));
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}`;
}

/** The moment that somebody typed by the site's clock, as RFC 3339; "" where nothing was typed. */
export function typedMoment(value: string): string {
  const asUtc = Date.parse(`${value}${value.length === 16 ? ":00" : ""}Z`);
  if (value === "" || Number.isNaN(asUtc)) return "";
  // The offset is that of the moment itself: asked once more where the first answer leads.
  const near = asUtc - offsetMinutes(asUtc) * 60_000;
  return new Date(asUtc - offsetMinutes(near) * 60_000).toISOString();
}

function offsetMinutes(at: number): number {
  const { year, month, day, hour, minute, second } = wall(at);
  const shown = Date.UTC(year, month - 1, day, hour, minute, second);
  return Math.round((shown - Math.floor(at / 1000) * 1000) / 60_000);
}
