/** Numbers as people in a command room read them; unknown is a dash, never a zero. */
import { t } from "./i18n";
import { wall } from "./local_time";
import { withUnit } from "./unit";

export const DASH = "—";

export function distance(metres: number | null | undefined): string {
  if (metres === null || metres === undefined) return DASH;
  if (metres < 995) return `${metres < 100 ? Math.round(metres) : Math.round(metres / 10) * 10} m`;
  const km = metres / 1000;
  return `${km < 99.95 ? km.toFixed(1) : Math.round(km).toLocaleString("en")} km`;
}

export function area(square_metres: number | null | undefined): string {
  if (square_metres === null || square_metres === undefined) return DASH;
  const km2 = square_metres / 1e6;
  if (km2 < 0.01) return `${Math.round(square_metres).toLocaleString("en")} m²`;
  return `${km2 < 10 ? km2.toFixed(2) : km2.toFixed(1)} km²`;
}

/** People in a zone are an estimate: two figures from 100 up, never a false last digit. */
export function people(count: number | null | undefined): string {
  if (count === null || count === undefined) return DASH;
  if (count < 100) return String(Math.round(count));
  const unit = 10 ** (Math.floor(Math.log10(count)) - 1);
  return (Math.round(count / unit) * unit).toLocaleString("en");
}

export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? DASH : Math.round(value).toLocaleString("en");
}

/** The size of a file: 640 B, 12.4 kB, 3.1 MB. */
export function bytes(size: number | null | undefined): string {
  if (size === null || size === undefined) return DASH;
  const power = Math.min(3, Math.floor(Math.log10(Math.max(1, size)) / 3));
  const shown = size / 1000 ** power;
  return `${power === 0 ? shown : shown.toFixed(1)} ${["B", "kB", "MB", "GB"][power]}`;
}

const two = (value: number): string => String(value).padStart(2, "0");

/** 00:14:32 since something began; a time to come shows as a minus. */
export function elapsed(seconds: number): string {
  const total = Math.floor(Math.abs(seconds));
  const sign = seconds < 0 ? "−" : "";
  return `${sign}${two(Math.floor(total / 3600))}:${two(Math.floor(total / 60) % 60)}:${two(total % 60)}`;
}

/** 03:20 as a countdown in minutes and seconds, hours only where there are some. */
export function countdown(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return DASH;
  const total = Math.max(0, Math.round(seconds));
  return total >= 3600 ? elapsed(total) : `${two(Math.floor(total / 60))}:${two(total % 60)}`;
}

/** Travel as "22 min": a countdown beside a clock would be read as one. */
export function minutes(seconds: number): string {
  return seconds < 60 ? "<1 min" : `${Math.round(seconds / 60)} min`;
}

/** How long ago, in the unit that is read at a glance: 12 s, 3 min, 2 h, 4 d. */
export function ago(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 120) return `${whole} s`;
  if (whole < 7200) return `${Math.floor(whole / 60)} min`;
  return whole < 172_800 ? `${Math.floor(whole / 3600)} h` : `${Math.floor(whole / 86_400)} d`;
}

export function clock(at: number | Date): string {
  const { hour, minute, second } = wall(at);
  return `${two(hour)}:${two(minute)}:${two(second)}`;
}

/** "2026-11-22 00:04 +01:00" from RFC 3339, in the offset that it carries: the place's own time. */
export function localTime(at: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)[^+Z-]*(Z|[+-]\d\d:\d\d)$/.exec(at);
  return match ? `${match[1]} ${match[2]} ${match[3]}` : at;
}

export function day(at: number | Date): string {
  const { year, month, day: date } = wall(at);
  return `${year}-${two(month)}-${two(date)}`;
}

/** "2026-11-22 14:05" by the site's clock. */
export function stamp(at: number | Date | string): string {
  const time = new Date(at);
  return `${day(time)} ${clock(time).slice(0, 5)}`;
}

/** A quantity to four figures, without the noise of a float. */
export function quantity(value: unknown, unit?: string | null): string {
  if (value === null || value === undefined || value === "") return DASH;
  if (typeof value === "boolean") return value ? t("yes") : t("no");
  if (Array.isArray(value)) return value.map((entry) => quantity(entry)).join(", ");
  if (typeof value === "object") return JSON.stringify(value);
  const shown = typeof value === "number" ? figures(value) : String(value);
  return withUnit(shown, unit);
}

function figures(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString("en");
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) return value.toExponential(2);
  return Number(value.toPrecision(4)).toLocaleString("en", { maximumFractionDigits: 6 });
}

export function place(lon: number, lat: number): string {
  return `${lon.toFixed(5)}, ${lat.toFixed(5)}`;
}

const WINDS = [
  "N",
  "NNE",
  "NE",
  "ENE",
  "E",
  "ESE",
  "SE",
  "SSE",
  "S",
  "SSW",
  "SW",
  "WSW",
  "W",
  "WNW",
  "NW",
  "NNW",
];

/** The compass point that a wind blows from. */
export function compass(degrees: number): string {
  return WINDS[Math.round((((degrees % 360) + 360) % 360) / 22.5) % 16] ?? "N";
}

export const NUMERALS: Readonly<Record<string, string>> = {
  red: "Ⅰ",
  orange: "Ⅱ",
  yellow: "Ⅲ",
  blue: "Ⅳ",
  "1": "Ⅰ",
  "2": "Ⅱ",
  "3": "Ⅲ",
  "4": "Ⅳ",
};
