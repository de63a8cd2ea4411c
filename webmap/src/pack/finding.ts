/** Search by name in what a pack holds, as the server does it: the name, its pinyin, its code. */
import type { Found, WireFeature } from "../api/wire";
import { readFeatures } from "./contents";
import type { Pack } from "./reader";

/** What a name is searched by; the fields that a row may carry it in. */
const FIELDS = ["name", "name_en", "name_pinyin", "title", "code", "own_code", "tag", "address"];
const LIMIT = 30;

interface Row {
  layer: string;
  feature: WireFeature;
  /** Lower case, one text a field. */
  texts: string[];
}

const indexes = new WeakMap<Pack, Promise<Row[]>>();

/** Read once what can be found in a pack. */
function rowsOf(pack: Pack): Promise<Row[]> {
  const held = indexes.get(pack);
  if (held) return held;
  const made = readRows(pack);
  indexes.set(pack, made);
  return made;
}

async function readRows(pack: Pack): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { name: layer } of pack.manifest.layers)
    for (const feature of await readFeatures(pack, layer)) {
      const texts = FIELDS.map((field) => feature.properties[field]).filter(
        (value): value is string => typeof value === "string" && value !== "",
      );
      if (texts.length > 0)
        rows.push({ layer, feature, texts: texts.map((one) => one.toLowerCase()) });
    }
  return rows;
}

/** Return what has the typed text in it: exact names first, then those that begin so. */
export async function findInPack(pack: Pack, typed: string): Promise<Found[]> {
  const q = typed.trim().toLowerCase();
  if (q === "") return [];
  const ranked: { rank: number; row: Row }[] = [];
  for (const row of await rowsOf(pack)) {
    const rank = rankOf(row.texts, q);
    if (rank !== null) ranked.push({ rank, row });
  }
  ranked.sort((a, b) => a.rank - b.rank);
  return ranked.slice(0, LIMIT).map(({ row }) => foundOf(row));
}

function rankOf(texts: readonly string[], q: string): number | null {
  if (texts.includes(q)) return 0;
  if (texts.some((one) => one.startsWith(q))) return 1;
  // Pinyin is typed as one word: "renminyiyuan" for "ren min yi yuan".
  const joined = q.replaceAll(/\s/g, "");
  return texts.some((one) => one.includes(q) || one.replaceAll(/\s/g, "").includes(joined))
    ? 2
    : null;
}

function foundOf({ layer, feature }: Row): Found {
  const [lon, lat] = anchorOf(feature) ?? [null, null];
  const { name, title, name_en } = feature.properties;
  const own = [name, title].find((one) => typeof one === "string");
  return {
    layer,
    id: String(feature.id ?? ""),
    name: typeof own === "string" ? own : null,
    name_en: typeof name_en === "string" ? name_en : null,
    lon,
    lat,
  };
}

/** A place of the feature: a point itself, else the middle of its box. */
export function anchorOf({ geometry }: WireFeature): [number, number] | null {
  if (!geometry || geometry.type === "GeometryCollection") return null;
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  const walk = (value: unknown): void => {
    if (!Array.isArray(value)) return;
    const [lon, lat] = value as unknown[];
    if (typeof lon === "number" && typeof lat === "number") {
      west = Math.min(west, lon);
      east = Math.max(east, lon);
      south = Math.min(south, lat);
      north = Math.max(north, lat);
    } else for (const part of value) walk(part);
  };
  walk(geometry.coordinates);
  return west > east ? null : [(west + east) / 2, (south + north) / 2];
}

/** One feature with all its fields; null where the pack has it in its tiles alone. */
export async function featureInPack(
  pack: Pack,
  layer: string,
  id: string,
): Promise<WireFeature | null> {
  const features = await readFeatures(pack, layer);
  return features.find((one) => String(one.id) === id) ?? null;
}
