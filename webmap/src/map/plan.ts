/** The plan on the map: zones, cuts, routes and places on scene, from one assessment. */
import type { Feature, FeatureCollection, Geometry } from "geojson";
import type { LayerSpecification } from "maplibre-gl";
import type { Assessment } from "../api/assessment";
import type { Incident } from "../api/wire";
import { INK, LEVEL_COLOUR, LEVELS } from "../symbols/palette";
import { distance, minutes } from "../text/format";
import { word } from "../text/i18n";
import { thresholdName } from "../text/zone";
import { cutEdges } from "./cut";
import { BOLD, REGULAR } from "./fonts";

export type Collection = FeatureCollection<Geometry, Record<string, unknown>>;
export const NOTHING: Collection = { type: "FeatureCollection", features: [] };

export interface PlanData {
  zones: Collection;
  cuts: Collection;
  routes: Collection;
  arrivals: Collection;
  points: Collection;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const metres = (value: unknown): string => (typeof value === "number" ? distance(value) : "");

/** What is written on a zone's line: "AEGL-3 · 1.2 km". */
export function zoneLabel(properties: Record<string, unknown>): string {
  const name = thresholdName(properties);
  return [name, metres(properties.distance_m)].filter(Boolean).join(" · ");
}

export function planData(plan: Assessment | null, incident: Incident | null): PlanData {
  if (!plan || !incident)
    return { zones: NOTHING, cuts: NOTHING, routes: NOTHING, arrivals: NOTHING, points: NOTHING };
  const zones = plan.zones.features.map((zone) => ({
    ...zone,
    properties: {
      level: zone.properties.level,
      basis: text(zone.properties.basis) || "model",
      rank: LEVELS.indexOf(zone.properties.level as (typeof LEVELS)[number]),
      label: zoneLabel(zone.properties),
    },
  }));
  const cuts = plan.zones.features
    .filter((zone) => text(zone.properties.cut) !== "")
    .flatMap((zone) =>
      cutEdges(zone.geometry, incident.lon, incident.lat).map(
        (coordinates): Feature<Geometry, Record<string, unknown>> => ({
          type: "Feature",
          geometry: { type: "LineString", coordinates },
          properties: { level: zone.properties.level },
        }),
      ),
    );
  const routes = plan.routes.features.map((route) => ({
    ...route,
    properties: routeProperties(route.properties),
  }));
  const arrivals = plan.routes.features.flatMap(startOf);
  const points = plan.points.features.map((point) => {
    const role = text(point.properties.role);
    return {
      ...point,
      properties: { role, label: text(point.properties.name) || word("role", role) },
    };
  });
  return {
    zones: collect(zones),
    cuts: collect(cuts),
    routes: collect(routes),
    arrivals: collect(arrivals),
    points: collect(points),
  };
}

function collect(features: Feature<Geometry, Record<string, unknown>>[]): Collection {
  return { type: "FeatureCollection", features };
}

function routeProperties(properties: Record<string, unknown>): Record<string, unknown> {
  return { layer: text(properties.layer), id: text(properties.id) };
}

/** Where a route begins, with who sets out there and how long it takes. */
function startOf({
  geometry,
  properties,
}: Feature<Geometry, Record<string, unknown>>): Feature<Geometry, Record<string, unknown>>[] {
  const coordinates = geometry.type === "LineString" ? geometry.coordinates[0] : undefined;
  if (!coordinates) return [];
  const seconds = properties.travel_time_s;
  const label = [text(properties.name), typeof seconds === "number" ? minutes(seconds) : ""]
    .filter(Boolean)
    .join("\n");
  return [{ type: "Feature", geometry: { type: "Point", coordinates }, properties: { label } }];
}

export const PLAN_SOURCES = [
  "plan-zones",
  "plan-cuts",
  "plan-routes",
  "plan-arrivals",
  "plan-points",
] as const;

const colour = [
  "match",
  ["get", "level"],
  ...LEVELS.flatMap((level) => [level, LEVEL_COLOUR[level]]),
  INK.text,
] as unknown as string;
const hatchName = ["concat", "hatch-", ["get", "level"]] as unknown as string;

/** Under the symbols: fills and edges of zones, then routes. */
export function zoneLayers(): LayerSpecification[] {
  return [
    {
      id: "zone-fill",
      type: "fill",
      source: "plan-zones",
      layout: { "fill-sort-key": ["get", "rank"] },
      paint: { "fill-color": colour, "fill-opacity": 0.22 },
    },
    {
      id: "zone-hatch",
      type: "fill",
      source: "plan-zones",
      layout: { "fill-sort-key": ["get", "rank"] },
      paint: { "fill-pattern": hatchName },
    },
    {
      id: "zone-edge-casing",
      type: "line",
      source: "plan-zones",
      paint: { "line-color": INK.halo, "line-width": 4, "line-opacity": 0.55 },
    },
    {
      id: "zone-edge",
      type: "line",
      source: "plan-zones",
      filter: ["!=", ["get", "basis"], "table"],
      paint: { "line-color": colour, "line-width": 2 },
    },
    {
      id: "zone-edge-table",
      type: "line",
      source: "plan-zones",
      filter: ["==", ["get", "basis"], "table"],
      paint: { "line-color": colour, "line-width": 2, "line-dasharray": [4, 3] },
    },
    // A cut erases the threshold line and leaves bars: beyond it nothing was computed.
    {
      id: "cut-ground",
      type: "line",
      source: "plan-cuts",
      paint: { "line-color": INK.ground, "line-width": 5 },
    },
    {
      id: "cut-bars",
      type: "line",
      source: "plan-cuts",
      paint: { "line-color": INK.text, "line-width": 9, "line-dasharray": [0.22, 0.9] },
    },
  ];
}

export function routeLayers(): LayerSpecification[] {
  const tint = ["match", ["get", "layer"], "team", INK.accent, INK.good] as unknown as string;
  const line = { "line-cap": "round", "line-join": "round" } as const;
  return [
    {
      id: "route-casing",
      type: "line",
      source: "plan-routes",
      layout: line,
      paint: { "line-color": INK.halo, "line-width": 7, "line-opacity": 0.85 },
    },
    {
      id: "route",
      type: "line",
      source: "plan-routes",
      layout: line,
      paint: { "line-color": tint, "line-width": 3.5 },
    },
    {
      id: "route-focus",
      type: "line",
      source: "plan-routes",
      layout: line,
      filter: ["==", ["get", "id"], ""],
      paint: { "line-color": "#ffffff", "line-width": 6 },
    },
    {
      id: "route-arrow",
      type: "symbol",
      source: "plan-routes",
      minzoom: 12.5,
      layout: {
        "symbol-placement": "line",
        "icon-image": "route-arrow",
        "icon-size": 0.5,
        "symbol-spacing": 90,
        "icon-allow-overlap": true,
        "icon-ignore-placement": true,
      },
    },
  ];
}

/** Over the symbols: what is written on zones and at places on scene. */
export function planLabels(): LayerSpecification[] {
  return [
    {
      id: "point-symbol",
      type: "symbol",
      source: "plan-points",
      layout: {
        "icon-image": ["concat", "role-", ["get", "role"]],
        "icon-size": ["interpolate", ["linear"], ["zoom"], 9, 0.6, 14, 1.1],
        "icon-allow-overlap": true,
        "text-field": [
          "step",
          ["zoom"],
          "",
          12,
          ["match", ["get", "role"], "control", "", ["get", "label"]],
        ],
        "text-font": [BOLD],
        "text-size": 13,
        "text-offset": [0, 1.2],
        "text-anchor": "top",
        "text-optional": true,
      },
      paint: { "text-color": "#ffffff", "text-halo-color": INK.halo, "text-halo-width": 2 },
    },
    {
      id: "zone-label",
      type: "symbol",
      source: "plan-zones",
      layout: {
        // Upright: along a slanting line Chinese would be set one character below the other.
        "symbol-placement": "line",
        "text-rotation-alignment": "viewport",
        "text-pitch-alignment": "viewport",
        "text-field": ["get", "label"],
        "text-font": [BOLD],
        "text-size": 13.5,
        "symbol-spacing": 420,
        "text-padding": 4,
        "symbol-sort-key": ["-", 0, ["get", "rank"]],
      },
      paint: { "text-color": "#ffffff", "text-halo-color": INK.halo, "text-halo-width": 2.2 },
    },
    {
      id: "arrival",
      type: "symbol",
      source: "plan-arrivals",
      minzoom: 9.5,
      layout: {
        "text-field": ["get", "label"],
        "text-font": [REGULAR],
        "text-size": 12.5,
        "text-anchor": "top",
        "text-offset": [0, 1],
        "text-max-width": 10,
        "text-optional": true,
      },
      paint: { "text-color": "#dff4ff", "text-halo-color": INK.halo, "text-halo-width": 2 },
    },
  ];
}
