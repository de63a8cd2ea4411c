/** Search by name in what a pack holds, as the server does it: the name, its pinyin, its code. */
import type { Found, WireFeature } from "../api/wire";
import { readFeatures } from "./contents";
import { PackError } from "./fault";
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

interface Index {
  rows: Row[];
  /** Layers that are too large to be read on a device: they are drawn, and cannot be searched. */
  left: string[];
}

const layers = new WeakMap<Pack, Map<string, Promise<WireFeature[]>>>();
const indexes = new WeakMap<Pack, Promise<Index>>();

/** The features of a layer, read once while a pack is open. */
function featuresOf(pack: Pack, name: string): Promise<WireFeature[]> {
  const read = layers.get(pack) ?? new Map<string, Promise<WireFeature[]>>();
  layers.set(pack, read);
  const held = read.get(name) ?? readFeatures(pack, name);
  read.set(name, held);
  return held;
}

/** Read once what can be found in a pack. */
function indexOf(pack: Pack): Promise<Index> {
  const held = indexes.get(pack) ?? readIndex(pack);
  indexes.set(pack, held);
  return held;
}

async function readIndex(pack: Pack): Promise<Index> {
  const index: Index = { rows: [], left: [] };
  for (const { name: layer } of pack.manifest.layers) {
    try {
      for (const feature of await featuresOf(pack, layer)) {
        const texts = FIELDS.map((field) => feature.properties[field]).filter(
          (value): value is string => typeof value === "string" && value !== "",
        );
        if (texts.length > 0)
          index.rows.push({ layer, feature, texts: texts.map((one) => one.toLowerCase()) });
      }
    } catch (cause) {
      if (!(cause instanceof PackError) || cause.fault !== "too_large") throw cause;
      index.left.push(layer);
    }
  }
  return index;
}

/** The layers of a pack that a search leaves out. */
export async function unsearched(pack: Pack): Promise<readonly string[]> {
  return (await indexOf(pack)).left;
}

/** Return what has the typed text in it: exact names first, then those that begin so. */
export async function findInPack(pack: Pack, typed: string): Promise<Found[]> {
  const q = typed.trim().toLowerCase();
  if (q === "") return [];
  const ranked: { rank: number; row: Row }[] = [];
  for (const row of (await indexOf(pack)).rows) {
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
  const features = await featuresOf(pack, layer);
  return features.find((one) => String(one.id) === id) ?? null;
}
