/** What lies under the features, as the page holds it. */
import type { Position } from "geojson";
import type { External, Profile, Raster, RasterLegend, RasterValue, Zonal } from "../api/ground";

/** Streets by night, by day, or none. */
export const LOOKS = ["dark", "light", "off"] as const;
export type Look = (typeof LOOKS)[number];

/** Where the tiles of the base map are had, and how deep they go. */
export interface Basemap {
  tiles: string;
  maxzoom: number;
  /** Made from the ground layers as they are now: an edit of one of them renews tiles. */
  live: boolean;
  /** Why it is not the one that was made beforehand, where that is so. */
  reason?: string | null;
  attribution?: string | null;
}

/** Something laid over the base map: a map of others or a raster. */
export interface Laid {
  /** `external:<name>` or `raster:<id>`. */
  key: string;
  tiles: string;
  minzoom: number;
  maxzoom: number;
  bounds: readonly number[] | null;
  opacity: number;
}

/** What a person has chosen to lay, the lowest first. */
export interface Choice {
  key: string;
  opacity: number;
  style: string | null;
}

/** Two of what is laid, one on each side of a line across the map. */
export interface Swipe {
  left: string;
  right: string;
  /** Where the line stands, as a share of the map's width. */
  at: number;
}

export interface Ground {
  look: Look;
  basemap: Basemap | null;
  external: readonly External[];
  rasters: readonly Raster[];
  choices: readonly Choice[];
  legends: Readonly<Record<string, RasterLegend>>;
  swipe: Swipe | null;
  /** What could not be had, by the key of what is laid, in words. */
  failed: Readonly<Record<string, string>>;
}

/** What was read of a raster: at a place, along a line, within an area. */
export type Reading =
  | { of: "value"; raster: string; lon: number; lat: number; answer: RasterValue | null }
  | { of: "profile"; raster: string; line: readonly Position[]; answer: Profile | null }
  | { of: "zonal"; raster: string; answer: Zonal | null };

export const noGround: Ground = {
  look: "dark",
  basemap: null,
  external: [],
  rasters: [],
  choices: [],
  legends: {},
  swipe: null,
  failed: {},
};
