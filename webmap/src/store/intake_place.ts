/** A place as a caller says it: a name, "near the plant", coordinates in any form, a shared link. */
import * as api from "../api/calls";
import { readPlaces } from "../api/quality";
import type { Message } from "../api/wire";
import { nameOf, t } from "../text/i18n";
import { attempt } from "./notices";
import { readCoordinates } from "./place";

export interface Spot {
  lon: number;
  lat: number;
  /** Null for coordinates: they have no name. */
  name: string | null;
  layer: string | null;
  /** What was taken for granted in reading it: which map's offset was undone, which system it is. */
  said: string;
}

/** What was found, and why what looked like coordinates could not be read. */
export interface Found {
  spots: readonly Spot[];
  fault: string;
}

const MOST = 8;
const PAUSE_MS = 180;
/** Four digits are the fewest that can be a position; a house number is none. */
const DIGITS = /\d(?:\D*\d){3}/;

let asked: AbortController | null = null;

/** Return where that may be, coordinates first; an older answer that comes late is null. */
export async function findSpots(typed: string): Promise<Found | null> {
  asked?.abort();
  const mine = new AbortController();
  asked = mine;
  const text = typed.trim();
  if (text === "") return { spots: [], fault: "" };
  const plain = readCoordinates(text);
  if (plain) return { spots: [{ ...plain, name: null, layer: null, said: "" }], fault: "" };
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  if (mine.signal.aborted) return null;
  const [read, found] = await Promise.all([
    DIGITS.test(text) ? attempt(() => readPlaces(text, mine.signal)) : null,
    attempt(() => api.search(bare(text), mine.signal)),
  ]);
  if (mine.signal.aborted) return null;
  const points = read?.points ?? [];
  const spots = points.flatMap(({ lon, lat, notes }) =>
    lon === null || lat === null ? [] : [{ lon, lat, name: null, layer: null, said: words(notes) }],
  );
  const named = (found?.results ?? []).flatMap((one) =>
    one.lon === null || one.lat === null
      ? []
      : [{ lon: one.lon, lat: one.lat, name: nameOf(one), layer: one.layer, said: "" }],
  );
  const faults = points.flatMap(({ error }) => (error ? [error] : []));
  return { spots: [...spots, ...named].slice(0, MOST), fault: words(faults) };
}

function words(lines: readonly Message[]): string {
  return lines.map(({ text, code }) => text || code).join(" ");
}

/** "Near the plant" without the words that mean near: what is left is a name on record. */
export function bare(text: string): string {
  const words = t("intake.near.words").split(",");
  const found = words.reduce((left, word) => {
    const latin = /^[a-z ]+$/.test(word);
    if (latin)
      return left.toLowerCase().startsWith(`${word} `) ? left.slice(word.length + 1) : left;
    return left.endsWith(word) ? left.slice(0, -word.length) : left;
  }, text);
  return found.trim() || text;
}
