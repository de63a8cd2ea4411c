/** Questions on the wire: what lies where, how much of it, and its export. */
import type { Geometry } from "geojson";
import { address, type Query, request, save } from "./client";
import {
  anything,
  boolean,
  fallback,
  label,
  list,
  number,
  optional,
  type Read,
  record,
  shape,
  text,
} from "./read";
import { feature } from "./wire";

const API = "/api/v1";

/** Where to look: one of these, or nowhere in particular. */
export interface Area {
  around?: { lon: number; lat: number; radius_m: number };
  geometry?: Geometry;
  district?: string;
  bbox?: [number, number, number, number];
}

export interface QueryBody extends Area {
  layers: string[];
  /** CQL2 text by layer. */
  filters: Readonly<Record<string, string>>;
  limit: number;
  cursor?: string;
}

const found = shape({
  features: fallback(list(feature), []),
  total: optional(number),
  next_cursor: optional(label),
});
export type Found = Read<typeof found>;
const answer = shape({ layers: fallback(record(found), {}) });

export const askQuery = (body: QueryBody, signal: AbortSignal) =>
  request(`${API}/query`, answer, { method: "POST", body, signal });

const region = shape({
  features: list(
    shape({
      id: text,
      properties: shape({
        name: optional(text),
        name_en: optional(text),
        code: optional(text),
        level: optional(label),
      }),
    }),
  ),
});
/** Districts by a part of their name or code. */
export const findRegions = (q: string, signal: AbortSignal) =>
  request(address(`${API}/layers/region/features`, { q, limit: 20 }), region, { signal });

export const EXPORT_FORMATS = ["xlsx", "csv", "geojson", "gpkg", "shapefile", "kml"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportOptions {
  format: ExportFormat;
  crs: string;
  encoding: string;
}

const ENDING: Readonly<Record<ExportFormat, string>> = {
  xlsx: "xlsx",
  csv: "csv",
  geojson: "geojson",
  gpkg: "gpkg",
  shapefile: "zip",
  kml: "kml",
};

/** A polygon as a condition: an address has no room for a body. */
export function inside(geometry: Geometry): string {
  const rings = geometry.type === "Polygon" ? geometry.coordinates : [];
  const written = rings.map((ring) => `(${ring.map(([lon, lat]) => `${lon} ${lat}`).join(", ")})`);
  return `S_INTERSECTS(geom, POLYGON(${written.join(", ")}))`;
}

/** An area and a filter as an address takes them. */
export function whereQuery(area: Area, filter?: string): Query {
  const clauses = [filter ? `(${filter})` : "", area.geometry ? inside(area.geometry) : ""];
  return {
    filter: clauses.filter(Boolean).join(" AND "),
    bbox: area.bbox?.join(","),
    district: area.district,
    ...(area.around ?? {}),
  };
}

/** Save what an area and a filter leave of a layer. */
export const saveLayer = (
  layer: string,
  area: Area,
  filter: string | undefined,
  options: ExportOptions,
) =>
  save(
    address(`${API}/layers/${encodeURIComponent(layer)}/export`, {
      ...options,
      ...whereQuery(area, filter),
    }),
    `${layer}.${ENDING[options.format]}`,
  );

const group = shape({ count: number, sums: fallback(record(number), {}) });
const district = shape({ name: optional(text), name_en: optional(text), level: optional(label) });
const statistics = shape({
  by: list(text),
  count: number,
  truncated: fallback(boolean, false),
  groups: list((value, path) => ({
    keys: fallback(record(anything), {})(value, path),
    ...group(value, path),
  })),
  districts: fallback(record(district), {}),
});
export type Statistics = Read<typeof statistics>;

export interface CountBody extends Omit<QueryBody, "layers" | "limit" | "cursor"> {
  layers?: string[];
  by: string[];
  level?: string;
}

export const askStatistics = (body: CountBody) =>
  request(`${API}/statistics`, statistics, { method: "POST", body });
