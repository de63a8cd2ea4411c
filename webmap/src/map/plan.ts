/** The plan on the map: zones, cuts, routes and places on scene, from one assessment. */
import type { Feature, FeatureCollection, Geometry } from "geojson";
import type { Assessment } from "../api/assessment";
import type { Incident } from "../api/wire";
import { LEVELS } from "../symbols/palette";
import { minutes } from "../text/format";
import { nameOf, word } from "../text/i18n";
import { thresholdName, zoneReach } from "../text/zone";
import { cutEdges } from "./cut";
import { labelPoint } from "./label";

type Drawn = Feature<Geometry, Record<string, unknown>>;
export type Collection = FeatureCollection<Geometry, Record<string, unknown>>;
export const NOTHING: Collection = { type: "FeatureCollection", features: [] };

export interface PlanData {
  zones: Collection;
  confidence: Collection;
  slices: Collection;
  cuts: Collection;
  labels: Collection;
  routes: Collection;
  arrivals: Collection;
  points: Collection;
}

/** What drifts with the wind; heat and blast are there at once. */
const MOVING: ReadonlySet<string> = new Set(["toxic", "flammable"]);

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** What is written on a zone's line: "AEGL-3 · 1.2 km". */
export function zoneLabel(properties: Record<string, unknown>): string {
  const name = thresholdName(properties);
  return [name, zoneReach(properties)].filter(Boolean).join(" · ");
}

/** `slice` is a moment of the cloud's life: the zones then fade behind where it is. */
export function planData(
  plan: Assessment | null,
  incident: Incident | null,
  slice: number | null = null,
): PlanData {
  if (!plan || !incident)
    return {
      zones: NOTHING,
      confidence: NOTHING,
      slices: NOTHING,
      cuts: NOTHING,
      labels: NOTHING,
      routes: NOTHING,
      arrivals: NOTHING,
      points: NOTHING,
    };
  const zones = plan.zones.features.map((zone) => ({
    ...zone,
    properties: {
      level: zone.properties.level,
      basis: text(zone.properties.basis) || "model",
      rank: LEVELS.indexOf(zone.properties.level as (typeof LEVELS)[number]),
      label: zoneLabel(zone.properties),
      faint: slice !== null && MOVING.has(text(zone.properties.hazard)),
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
  const arrivals = plan.routes.features.flatMap(ownEnd);
  const points = plan.points.features.map((point) => {
    const role = text(point.properties.role);
    return {
      ...point,
      properties: { role, label: text(point.properties.name) || word("role", role) },
    };
  });
  return {
    zones: collect(zones),
    confidence: collect(plan.confidence.features.map(levelOnly)),
    slices: collect(
      plan.slices.features.filter(({ properties }) => properties.time_s === slice).map(levelOnly),
    ),
    cuts: collect(cuts),
    labels: collect(plan.zones.features.flatMap((zone) => zoneLabelPoint(zone, incident))),
    routes: collect(routes),
    arrivals: collect(arrivals),
    points: collect(points),
  };
}

function levelOnly({ geometry, properties: { level } }: Drawn): Drawn {
  const rank = LEVELS.indexOf(level as (typeof LEVELS)[number]);
  return { type: "Feature", geometry, properties: { level, rank } };
}

/** The label of a zone as a point on its line; a table zone is labelled on the other side. */
function zoneLabelPoint({ geometry, properties }: Drawn, source: Incident): Drawn[] {
  const level = LEVELS.find((name) => name === properties.level);
  const side = properties.basis === "table" ? -1 : 1;
  const coordinates = level && labelPoint(geometry, source, level, side);
  if (!level || !coordinates) return [];
  return [
    {
      type: "Feature",
      geometry: { type: "Point", coordinates },
      properties: { label: zoneLabel(properties), rank: LEVELS.indexOf(level) },
    },
  ];
}

function collect(features: Feature<Geometry, Record<string, unknown>>[]): Collection {
  return { type: "FeatureCollection", features };
}

function routeProperties(properties: Record<string, unknown>): Record<string, unknown> {
  return { layer: text(properties.layer), id: text(properties.id) };
}

/** Where who comes sets out, or where people are carried, with how long that takes. */
function ownEnd({
  geometry,
  properties,
}: Feature<Geometry, Record<string, unknown>>): Feature<Geometry, Record<string, unknown>>[] {
  const end = properties.direction === "from" ? -1 : 0;
  const coordinates = geometry.type === "LineString" ? geometry.coordinates.at(end) : undefined;
  if (!coordinates) return [];
  const seconds = properties.travel_time_s;
  const label = [nameOf(properties), typeof seconds === "number" ? minutes(seconds) : ""]
    .filter(Boolean)
    .join("\n");
  return [{ type: "Feature", geometry: { type: "Point", coordinates }, properties: { label } }];
}

export const PLAN_SOURCES = [
  "plan-zones",
  "plan-confidence",
  "plan-slices",
  "plan-cuts",
  "plan-labels",
  "plan-routes",
  "plan-arrivals",
  "plan-points",
] as const;
