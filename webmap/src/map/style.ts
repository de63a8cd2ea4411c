/** The whole style of the map, made from the catalogue, the language and the fonts. */
import type { LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";
import type { Layer } from "../api/wire";
import { answerLabels, answerLayers } from "./answer_layers";
import { groundLabels, groundLayers } from "./basemap";
import { closureLayers, closureSigns } from "./closure_layers";
import { FEATURES, featureLayers, isFeatureLayer } from "./features";
import { fontFaces } from "./fonts";
import { movingLayers } from "./moving";
import { NOTHING, PLAN_SOURCES } from "./plan";
import { planLabels, routeLayers, zoneLayers } from "./plan_layers";

const MAXZOOM: Readonly<Record<string, number>> = { basemap: 15, [FEATURES]: 14 };

/**
 * Browsers keep tiles for ever under their address. Raised when the tiles of the same rows begin to
 * hold something that the style needs: 2 came with the anchors of shapes.
 */
const FORM = 2;

/** Workers know no page: their addresses must be whole. */
function tileAddress(name: string, epoch: string | null, revision: number): string {
  // A restored database counts its revisions anew: the epoch keeps old tiles apart from new ones.
  const label =
    epoch === null ? `${revision}` : `${epoch.replaceAll("-", "").slice(0, 8)}-${revision}`;
  return `${location.origin}/tiles/${name}/${label}/{z}/{x}/{y}.mvt?form=${FORM}`;
}

/** The address of each tiled source: the revision in it is the newest of what the tile holds. */
export function tileAddresses(
  layers: readonly Layer[],
  basemapRevision: number,
  epoch: string | null,
): Map<string, string> {
  const shown = layers.filter((layer) => isFeatureLayer(layer) && layer.count !== 0);
  const names = shown.map(({ name }) => name).sort();
  const revision = Math.max(0, ...shown.map((layer) => layer.revision));
  return new Map([
    ["basemap", tileAddress("basemap", epoch, basemapRevision)],
    // With nothing on record the layer of regions still answers: an empty tile.
    [FEATURES, tileAddress(names.join(",") || "region", epoch, revision)],
  ]);
}

/** What is drawn from answers that change by the second, beside the plan. */
export const LIVE_SOURCES = ["answer", "closures", "moving"] as const;

export interface StyleInput {
  /** How much larger symbols and text are than at a desk; a wall is read from four metres. */
  scale?: number;
  layers: readonly Layer[];
  basemapRevision: number;
  epoch?: string | null;
  language: string;
}

/** Symbols lie in this order, the last on top: what threatens and who comes above the rest. */
const ORDER = [
  "region",
  "park",
  "video_point",
  "weather_station",
  "fire_water",
  "flood_work",
  "accident",
  "disaster_point",
  "sensitive_place",
  "reservoir",
  "geohazard",
  "tailings_pond",
  "protection_target",
  "enterprise",
  "tank",
  "expert",
  "resource",
  "team",
  "hazard_source",
];

export function mapStyle({
  layers,
  basemapRevision,
  epoch = null,
  language,
  scale = 1,
}: StyleInput): StyleSpecification {
  const features = layers
    .filter(isFeatureLayer)
    .sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name));
  const sources: Record<string, SourceSpecification> = {};
  for (const [id, tiles] of tileAddresses(layers, basemapRevision, epoch))
    sources[id] = { type: "vector", tiles: [tiles], maxzoom: MAXZOOM[id] ?? 14 };
  for (const name of [...PLAN_SOURCES, ...LIVE_SOURCES])
    sources[name] = { type: "geojson", data: NOTHING };
  return {
    version: 8,
    "font-faces": fontFaces(document.styleSheets),
    sources,
    layers: enlarged(scale, [
      ...groundLayers(),
      ...zoneLayers(),
      ...groundLabels(language),
      ...closureLayers(),
      ...routeLayers(),
      ...answerLayers(),
      ...features.flatMap((layer): LayerSpecification[] => featureLayers(layer, language)),
      ...planLabels(),
      ...closureSigns(),
      ...answerLabels(),
      ...movingLayers(),
    ]),
  };
}

/** Return the layers with the sizes of text and symbols multiplied. */
function enlarged(scale: number, layers: LayerSpecification[]): LayerSpecification[] {
  if (scale === 1) return layers;
  return layers.map((layer) => {
    if (layer.type !== "symbol") return layer;
    const layout: Record<string, unknown> = { ...layer.layout };
    for (const name of ["text-size", "icon-size"])
      if (layout[name] !== undefined) layout[name] = multiplied(layout[name], scale);
    return { ...layer, layout };
  });
}

/** A style allows `zoom` only outermost, so an interpolation is multiplied in its outputs. */
function multiplied(size: unknown, scale: number): unknown {
  if (typeof size === "number") return size * scale;
  if (!Array.isArray(size) || size[0] !== "interpolate") return ["*", scale, size];
  return size.map((part: unknown, index) =>
    index >= 4 && index % 2 === 0 ? multiplied(part, scale) : part,
  );
}
