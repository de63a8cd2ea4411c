/** Questions on the wire: what lies where, how much of it, and its export. */
import type { Geometry } from "geojson";
import { address, request, save } from "./client";
import { fallback, label, list, number, optional, type Read, record, shape, text } from "./read";
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
  filter?: string;
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
      filter,
      bbox: area.bbox?.join(","),
      district: area.district,
      ...(area.around ?? {}),
      geometry: area.geometry ? JSON.stringify(area.geometry) : null,
    }),
    `${layer}.${ENDING[options.format]}`,
  );
