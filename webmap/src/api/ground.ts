/** What can lie under the features: the base map, maps of others, rasters. */
import type { Geometry, Position } from "geojson";
import { address, request } from "./client";
import {
  anything,
  boolean,
  fallback,
  list,
  number,
  optional,
  type Read,
  shape,
  text,
} from "./read";

const GROUND = "/api/v1/ground";
const RASTERS = "/api/v1/rasters";

const basemap = shape({
  /** `archive`: files made beforehand; `database`: the ground layers as they are now. */
  from: fallback(text, "database"),
  reason: optional(text),
  tiles: text,
  maxzoom: fallback(number, 15),
  attribution: optional(text),
});
const external = shape({
  name: text,
  title: optional(text),
  title_en: optional(text),
  attribution: optional(text),
  minzoom: fallback(number, 0),
  maxzoom: fallback(number, 18),
  opacity: fallback(number, 1),
  tiles: optional(text),
});
export type External = Read<typeof external>;

const raster = shape({
  id: text,
  kind: text,
  name: fallback(text, ""),
  unit: optional(text),
  taken_at: optional(text),
  source_date: optional(text),
  attribution: optional(text),
  bounds: optional(list(number)),
  minzoom: fallback(number, 0),
  maxzoom: fallback(number, 16),
  tiles: text,
  styles: fallback(list(shape({ name: text, default: fallback(boolean, false) })), []),
});
export type Raster = Read<typeof raster>;

const ground = shape({
  basemap,
  external: fallback(list(external), []),
  rasters: fallback(list(raster), []),
});
export type GroundAnswer = Read<typeof ground>;

export const getGround = () => request(GROUND, ground);

const legend = shape({
  unit: optional(text),
  kind: fallback(text, "continuous"),
  entries: fallback(
    list(
      shape({
        value: optional(anything),
        from: optional(number),
        to: optional(number),
        color: text,
        label: optional(text),
      }),
    ),
    [],
  ),
});
export type RasterLegend = Read<typeof legend>;

export const getLegend = (id: string, style: string | null) =>
  request(address(`${RASTERS}/${id}/legend`, { style }), legend);

const value = shape({
  value: optional(number),
  unit: optional(text),
  reason: optional(text),
  label: optional(text),
  color: optional(text),
});
export type RasterValue = Read<typeof value>;

export const getValue = (id: string, lon: number, lat: number, signal: AbortSignal) =>
  request(address(`${RASTERS}/${id}/value`, { lon, lat }), value, { signal });

const profile = shape({
  unit: optional(text),
  length_m: number,
  ascent: optional(number),
  descent: optional(number),
  low: optional(number),
  high: optional(number),
  points: list(shape({ distance_m: number, lon: number, lat: number, value: optional(number) })),
});
export type Profile = Read<typeof profile>;

export const getProfile = (id: string, line: readonly Position[]) =>
  request(`${RASTERS}/${id}/profile`, profile, { method: "POST", body: { line, points: 300 } });

const zonal = shape({
  unit: optional(text),
  area_km2: optional(number),
  covered_share: optional(number),
  count: optional(number),
  mean: optional(number),
  minimum: optional(number),
  maximum: optional(number),
  sum: optional(number),
  stdev: optional(number),
  classes: fallback(
    list(
      shape({
        value: optional(anything),
        share: fallback(number, 0),
        area_km2: optional(number),
        label: optional(text),
      }),
    ),
    [],
  ),
});
export type Zonal = Read<typeof zonal>;

export const getZonal = (id: string, area: Geometry) =>
  request(`${RASTERS}/${id}/zonal`, zonal, { method: "POST", body: { area } });
