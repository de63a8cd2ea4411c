/** A pack as it is being ordered, and the packs that the server has. */
import type { Geometry } from "geojson";
import type { PackEstimate, ServerPack } from "../api/packs";
import type { District } from "./planner";

/** What may be left out of a pack; the forms and a word to read come with every one. */
export const PARTS = ["basemap", "layers", "features", "gpkg", "roads", "plans"] as const;
export type PartName = (typeof PARTS)[number];

export interface Packing {
  name: string;
  /** A drawn shape, or a district. */
  area: Geometry | null;
  district: District | null;
  /** None chosen is all of them. */
  layers: ReadonlySet<string>;
  minzoom: number;
  maxzoom: number;
  parts: ReadonlySet<PartName>;
  days: number;
  estimate: PackEstimate | null;
  estimating: boolean;
  busy: boolean;
  made: readonly ServerPack[] | null;
}

export const noPacking: Packing = {
  name: "",
  area: null,
  district: null,
  layers: new Set(),
  minzoom: 0,
  maxzoom: 14,
  parts: new Set(PARTS),
  days: 30,
  estimate: null,
  estimating: false,
  busy: false,
  made: null,
};
