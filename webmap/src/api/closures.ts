/** Closed roads on the wire: what closes them, for whom, who says so and until when. */
import type { LineString, MultiLineString, MultiPolygon, Point, Polygon } from "geojson";
import { address, ifMatch, request } from "./client";
import {
  fallback,
  list,
  number,
  optional,
  type Read,
  type Reader,
  shape,
  text,
  WireError,
} from "./read";
import { feature } from "./wire";

const API = "/api/v1/closures";

const properties = shape({
  kind: fallback(text, "other"),
  name: optional(text),
  reason: optional(text),
  source: optional(text),
  incident_id: optional(text),
  since: optional(text),
  until: optional(text),
  closed_by: optional(text),
  lifted_at: optional(text),
  version: fallback(number, 1),
});

export interface Closure extends Read<typeof properties> {
  id: string;
  geometry: Point | LineString | MultiLineString | Polygon | MultiPolygon;
}

/** A closure is a feature with a place; the kinds of places are these five. */
export const closure: Reader<Closure> = (value, path) => {
  const { id, geometry, properties: held } = feature(value, path);
  if (!id || !geometry || geometry.type === "GeometryCollection" || geometry.type === "MultiPoint")
    throw new WireError(path, "a closure with a place", value);
  return { id: String(id), geometry, ...properties(held, `${path}.properties`) };
};

const closures = shape({ features: list(closure) });

export const getClosures = (incident: string | null) =>
  request(address(API, { incident }), closures);

export interface NewClosure {
  kind: string;
  geometry: Closure["geometry"];
  reason: string | null;
  until: string | null;
  /** Null closes for everybody. */
  incident: string | null;
}

export const postClosure = (body: NewClosure) => request(API, closure, { method: "POST", body });

export const liftClosure = ({ id, version }: Closure) =>
  request(`${API}/${id}/lift`, closure, {
    method: "POST",
    body: {},
    headers: ifMatch(version),
  });
