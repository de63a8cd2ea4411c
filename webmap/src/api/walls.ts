/** What a wall shows, and what a wall at rest tells. */
import { address, ifMatch, request } from "./client";
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
  /** Of which region it is, null for the whole tree; and whether this reader may drive it. */
  region: optional(text),
  can_drive: fallback(boolean, true),
  view: optional(place),
  layers: optional(list(text)),
  incident: optional(text),
  at: optional(text),
  /** How many seconds of the past go by in one, from `at` on; 0 stands still. */
  speed: fallback(number, 0),
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
  speed?: number;
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
  request(of(name), wall, {
    method: "PUT",
    headers: ifMatch(version),
    body,
    past: true,
  });

const screen = shape({
  user: optional(anything),
  permissions: fallback(list(text), []),
  ends_in_s: optional(number),
});
/** For how long this screen is signed in: `ends_in_s` is null in demo mode, where nobody need be. */
export const getSignedIn = () => request(`${API}/session`, screen);
/** Sign this screen in with the key of its wall: it comes as a cookie that no script reads. */
export const enterWall = (key: string) =>
  request(`${API}/session/wall`, screen, { method: "POST", body: { key } });

const wallKey = shape({
  id: text,
  wall: text,
  title: text,
  created_by: text,
  created_at: text,
  expires_at: text,
  seen_at: optional(text),
  revoked_at: optional(text),
});
export type WallKey = Read<typeof wallKey>;
const made = shape({ id: text, page: text });
export const getKeys = (name: string) =>
  request(`${of(name)}/keys`, shape({ keys: list(wallKey) }));
/** The page with the key in it is told once, here. */
export const addKey = (name: string, title: string) =>
  request(`${of(name)}/keys`, made, { method: "POST", body: { title } });
export const revokeKey = (name: string, id: string) =>
  request(`${of(name)}/keys/${id}`, anything, { method: "DELETE" });

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

const atRisk = shape({
  assessment: optional(text),
  districts: list(
    shape({
      code: optional(text),
      name: optional(text),
      name_en: optional(text),
      /** By the level of the worst zone of each place. */
      people: record(number),
      /** Places whose people nobody has filed. */
      unknown: fallback(number, 0),
    }),
  ),
  more: fallback(number, 0),
  cut: fallback(boolean, false),
});
export type AtRisk = Read<typeof atRisk>;
/** People in the zones of the plan in force, by district. */
export const getAtRisk = (incident: string) =>
  request(address(`${API}/hall/at-risk`, { incident }), atRisk);

const counted = shape({
  groups: list(record(anything)),
  districts: fallback(record(shape({ name: optional(text), name_en: optional(text) })), {}),
});

/** How many hazard sources one district has, by grade ("" where it has none), and who lives by them. */
export interface DistrictCount {
  code: string;
  name: string | null;
  name_en: string | null;
  by: Readonly<Record<string, number>>;
  total: number;
  /** People within 500 m as filed, summed up; null where none was filed. */
  people: number | null;
}

/** How many teams there are of a kind, and the people in them. */
export interface TeamCount {
  kind: string;
  count: number;
  people: number | null;
}

export async function countTeams(): Promise<TeamCount[]> {
  const query = { layers: "team", by: "kind", sums: "people" };
  const { groups } = await request(address(`${API}/statistics`, query), counted);
  return groups.map((group) => ({
    kind: typeof group.kind === "string" ? group.kind : "",
    count: Number(group.count),
    people: sumOf(group, "people"),
  }));
}

function sumOf({ sums }: Record<string, unknown>, field: string): number | null {
  const sum = (sums as Record<string, unknown> | undefined)?.[field];
  return typeof sum === "number" ? sum : null;
}

/** Count hazard sources by district and grade, the district with the most first. */
export async function countByDistrict(level: string): Promise<DistrictCount[]> {
  const query = { layers: "hazard_source", by: "district,grade", level, sums: "people_500m" };
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
      people: null,
    };
    const key = typeof group.grade === "string" ? group.grade : "";
    const count = Number(group.count);
    const people = sumOf(group, "people_500m");
    found.set(code, {
      ...held,
      by: { ...held.by, [key]: (held.by[key] ?? 0) + count },
      total: held.total + count,
      people: people === null ? held.people : (held.people ?? 0) + people,
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
