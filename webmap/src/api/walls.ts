/** What a wall shows, and what a wall at rest tells. */
import { address, request } from "./client";
import {
  anything,
  boolean,
  fallback,
  list,
  number,
  optional,
  type Read,
  record,
  shape,
  text,
} from "./read";
import { highlight, type Place, savedView } from "./views";

const API = "/api/v1";

const place = shape({ lon: number, lat: number, zoom: number });
const second = shape({ show: text, incident: optional(text), at: optional(text) });
export type Second = Read<typeof second>;

export const wall = shape({
  name: text,
  version: fallback(number, 0),
  view: optional(place),
  layers: optional(list(text)),
  incident: optional(text),
  at: optional(text),
  flight: fallback(boolean, true),
  highlight: optional(highlight),
  second: optional(second),
  playlist: fallback(list(text), []),
  seconds: fallback(number, 20),
  /** The views of the playlist that this reader may open, in its order. */
  views: fallback(list(savedView), []),
  shown_by: optional(text),
  shown_at: optional(text),
});
export type Wall = Read<typeof wall>;

/** What is to change of a wall: what is left out stays, null takes away. */
export interface WallChange {
  view?: Place | null;
  layers?: readonly string[] | null;
  incident?: string | null;
  at?: string | null;
  flight?: boolean;
  highlight?: Read<typeof highlight> | null;
  second?: { show: string; incident?: string; at?: string } | null;
  playlist?: readonly string[];
  seconds?: number;
}

const of = (name: string): string => `${API}/walls/${encodeURIComponent(name)}`;
export const getWalls = () => request(`${API}/walls`, shape({ walls: list(wall) }));
export const getWall = (name: string) => request(of(name), wall);
export const putWall = (name: string, version: number, body: WallChange) =>
  request(of(name), wall, { method: "PUT", headers: { "If-Match": `"${version}"` }, body });

const observed = shape({
  station: text,
  name: optional(text),
  name_en: optional(text),
  quantity: text,
  value: number,
  unit: text,
  at: text,
});
export type Observed = Read<typeof observed>;
const lately = shape({
  as_of: text,
  since: text,
  changes: list(shape({ layer: text, op: text, count: number })),
  cut: fallback(boolean, false),
  weather: fallback(list(observed), []),
});
export type Lately = Read<typeof lately>;
export const getLately = () => request(`${API}/hall/lately`, lately);

const counted = shape({
  groups: list(record(anything)),
  districts: fallback(record(shape({ name: optional(text), name_en: optional(text) })), {}),
});

/** How many rows of a layer one district has, by grade ("" where it has none). */
export interface DistrictCount {
  code: string;
  name: string | null;
  name_en: string | null;
  by: Readonly<Record<string, number>>;
  total: number;
}

/** Count the rows of a layer by district and grade, the district with the most first. */
export async function countByDistrict(
  layer: string,
  by: string,
  level: string,
): Promise<DistrictCount[]> {
  const query = { layers: layer, by: `district,${by}`, level };
  const { groups, districts } = await request(address(`${API}/statistics`, query), counted);
  const found = new Map<string, DistrictCount>();
  for (const group of groups) {
    const code = typeof group.district === "string" ? group.district : "";
    const named = districts[code];
    const held = found.get(code) ?? {
      code,
      name: named?.name ?? null,
      name_en: named?.name_en ?? null,
      by: {},
      total: 0,
    };
    const key = typeof group[by] === "string" ? group[by] : "";
    const count = Number(group.count);
    found.set(code, {
      ...held,
      by: { ...held.by, [key]: (held.by[key] ?? 0) + count },
      total: held.total + count,
    });
  }
  return [...found.values()].sort((a, b) => b.total - a.total);
}

/** Which build of the page the server has; null where it does not say. */
export async function builtPage(page: string): Promise<string | null> {
  try {
    const answer = await fetch(page, { method: "HEAD", cache: "no-store" });
    return answer.ok ? answer.headers.get("ETag") : null;
  } catch (cause) {
    // Fetch tells of a server that is away by a TypeError, whatever the reason.
    if (cause instanceof TypeError) return null;
    throw cause;
  }
}
