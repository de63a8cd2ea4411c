/** The whole style of the map, made from the catalogue, the language and the fonts. */
import type { LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";
import type { Layer } from "../api/wire";
import { groundLabels, groundLayers } from "./basemap";
import { featureLayers, isFeatureLayer, sourceId } from "./features";
import { fontFaces } from "./fonts";
import { NOTHING, PLAN_SOURCES, planLabels, routeLayers, zoneLayers } from "./plan";

const BASEMAP_MAXZOOM = 15;
const FEATURES_MAXZOOM = 14;

/** Workers know no page: their addresses must be whole. */
export function tileAddress(name: string, revision: number): string {
  return `${location.origin}/tiles/${name}/${revision}/{z}/{x}/{y}.mvt`;
}

export interface StyleInput {
  layers: readonly Layer[];
  basemapRevision: number;
  language: string;
}

/** Symbols lie in this order, the last on top: what threatens and who comes above the rest. */
const ORDER = ["region", "weather_station", "fire_water", "disaster_point", "protection_target", "enterprise", "resource", "team", "hazard_source"];

export function mapStyle({ layers, basemapRevision, language }: StyleInput): StyleSpecification {
  const features = layers.filter(isFeatureLayer).sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name));
  const sources: Record<string, SourceSpecification> = {
    basemap: { type: "vector", tiles: [tileAddress("basemap", basemapRevision)], maxzoom: BASEMAP_MAXZOOM },
  };
  for (const { name, revision } of features)
    sources[sourceId(name)] = { type: "vector", tiles: [tileAddress(name, revision)], maxzoom: FEATURES_MAXZOOM };
  for (const name of PLAN_SOURCES) sources[name] = { type: "geojson", data: NOTHING };
  return {
    version: 8,
    "font-faces": fontFaces(document.styleSheets),
    sources,
    layers: [
      ...groundLayers(),
      ...zoneLayers(),
      ...groundLabels(language),
      ...routeLayers(),
      ...features.flatMap((layer): LayerSpecification[] => featureLayers(layer, language)),
      ...planLabels(),
    ],
  };
}
