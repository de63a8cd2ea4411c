/** The whole style of the map, made from the catalogue, the language and the fonts. */
import type { LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";
import type { Layer } from "../api/wire";
import type { Basemap, Laid, Look } from "../store/ground_state";
import { answerLabels, answerLayers } from "./answer_layers";
import { BASEMAP, groundLayers } from "./basemap";
import { closureLayers, closureSigns } from "./closure_layers";
import { FEATURES, featureLayers, isFeatureLayer } from "./features";
import { fontFaces } from "./fonts";
import { groundLabels } from "./ground_names";
import { inked } from "./ink";
import { laidLayers, laidSources } from "./laid";
import { movingLayers } from "./moving";
import { NOTHING, PLAN_SOURCES } from "./plan";
import { planLabels, routeLayers, zoneLayers } from "./plan_layers";

/** The deepest zoom that features are asked for; deeper ones are drawn from it. */
const FEATURES_MAXZOOM = 16;

/**
 * Browsers keep tiles for ever under their address. Raised when the tiles of the same rows begin to
 * hold something that the style needs: 2 came with the anchors of shapes.
 */
const FORM = 2;

/** What the addresses of tiles follow from. */
export interface TileInput {
  layers: readonly Layer[];
  basemap: Basemap;
  /** CQL2 by layer: only rows that it holds for are in the tiles. */
  where?: Readonly<Record<string, string>>;
  /** Where the features come from, where that is not the server. */
  features?: { tiles: string; maxzoom: number } | undefined;
}

/**
 * The address of each tiled source.
 *
 * Its label is a blank: the map writes each tile's own revision there when it asks for it, so the
 * address of the source stays while its tiles are renewed one by one.
 */
export function tileAddresses(input: TileInput): Map<string, string> {
  const { layers, basemap, where = {}, features } = input;
  const names = tiledLayers(layers);
  const query = new URLSearchParams({ form: String(FORM) });
  const held = Object.entries(where).filter(([name]) => names.includes(name));
  if (held.length > 0) query.set("where", JSON.stringify(Object.fromEntries(held)));
  // With nothing on record the layer of regions still answers: an empty tile.
  const path = `/tiles/${names.join(",") || "region"}/0/{z}/{x}/{y}.mvt?${query}`;
  return new Map([
    [BASEMAP, whole(basemap.tiles)],
    [FEATURES, whole(features?.tiles ?? path)],
  ]);
}

/** The layers that come together in one tile, in the order of its address. */
export function tiledLayers(layers: readonly Layer[]): string[] {
  return layers
    .filter((layer) => isFeatureLayer(layer) && layer.count !== 0)
    .map(({ name }) => name)
    .sort();
}

/** Workers know no page: their addresses must be whole. */
const whole = (path: string): string => (path.startsWith("/") ? `${location.origin}${path}` : path);

/** What is drawn from answers that change by the second, beside the plan. */
export const LIVE_SOURCES = ["answer", "closures", "moving"] as const;

export interface StyleInput extends TileInput {
  /** How much larger symbols and text are than at a desk; a wall is read from four metres. */
  scale?: number;
  language: string;
  look?: Look;
  /** Maps of others and rasters, the lowest first. */
  laid?: readonly Laid[];
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

export function mapStyle(input: StyleInput): StyleSpecification {
  const { layers, basemap, language, scale = 1, look = "dark", laid = [] } = input;
  const features = layers
    .filter(isFeatureLayer)
    .sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name));
  const maxzoom: Readonly<Record<string, number>> = {
    [BASEMAP]: basemap.maxzoom,
    [FEATURES]: input.features?.maxzoom ?? FEATURES_MAXZOOM,
  };
  const sources: Record<string, SourceSpecification> = { ...laidSources(laid) };
  for (const [id, tiles] of tileAddresses(input))
    sources[id] = { type: "vector", tiles: [tiles], maxzoom: maxzoom[id] ?? FEATURES_MAXZOOM };
  for (const name of [...PLAN_SOURCES, ...LIVE_SOURCES])
    sources[name] = { type: "geojson", data: NOTHING };
  const drawn: LayerSpecification[] = [
    ...groundLayers(),
    ...laidLayers(laid),
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
  ];
  return {
    version: 8,
    "font-faces": fontFaces(document.styleSheets),
    sources,
    layers: inked(look, enlarged(scale, drawn)),
  };
}

/** No text on a wall is smaller than at four metres can be read, px at a scale of 2. */
const LEAST_TEXT_PX = 24;
/** Barriers stand by the dozen along a closed road: enlarged like a symbol they would hide it. */
const SMALL_SIGNS: ReadonlySet<string> = new Set(["closure-bars", "closure-sign", "route-arrow"]);

/** Return the layers with the sizes of text and symbols multiplied. */
function enlarged(scale: number, layers: LayerSpecification[]): LayerSpecification[] {
  if (scale === 1) return layers;
  const least = (LEAST_TEXT_PX / 2) * scale;
  return layers.map((layer) => {
    if (layer.type !== "symbol") return layer;
    const layout: Record<string, unknown> = { ...layer.layout };
    const { "text-size": text, "icon-size": icon } = layout;
    if (text !== undefined) layout["text-size"] = multiplied(text, scale, least);
    if (icon !== undefined && !SMALL_SIGNS.has(layer.id))
      layout["icon-size"] = multiplied(icon, scale, 0);
    return { ...layer, layout };
  });
}

/** A style allows `zoom` only outermost, so an interpolation is multiplied in its outputs. */
function multiplied(size: unknown, scale: number, least: number): unknown {
  if (typeof size === "number") return Math.max(least, size * scale);
  if (!Array.isArray(size) || size[0] !== "interpolate") {
    const larger = ["*", scale, size];
    return least > 0 ? ["max", least, larger] : larger;
  }
  return size.map((part: unknown, index) =>
    index >= 4 && index % 2 === 0 ? multiplied(part, scale, least) : part,
  );
}
