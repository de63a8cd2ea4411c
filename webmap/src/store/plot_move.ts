/** Shapes moved over the ground, and what is sent of a shape that was. */
import type { Geometry, Position } from "geojson";
import type { Fields, Plot } from "../api/plots";
import { FREE } from "./plot_shapes";

const RAD = Math.PI / 180;
const LAT_MAX = 85;
/** A centimetre: what is drawn on a screen is no finer. */
const DECIMALS = 1e7;

/** North of the equator on the map, as a share of the world's width, and back. */
const northOf = (lat: number): number => Math.asinh(Math.tan(lat * RAD)) / (2 * Math.PI);
const latOf = (north: number): number => Math.atan(Math.sinh(north * 2 * Math.PI)) / RAD;

export function rounded([lon = 0, lat = 0]: Position): Position {
  const fine = (value: number): number => Math.round(value * DECIMALS) / DECIMALS;
  return [
    Math.max(-180, Math.min(180, fine(lon))),
    Math.max(-LAT_MAX, Math.min(LAT_MAX, fine(lat))),
  ];
}

/** The shift that takes one place to another, so that shapes keep their look on the map. */
export function shiftBetween(from: Position, to: Position): (position: Position) => Position {
  const east = (to[0] ?? 0) - (from[0] ?? 0);
  const north = northOf(to[1] ?? 0) - northOf(from[1] ?? 0);
  return ([lon = 0, lat = 0]) => rounded([lon + east, latOf(northOf(lat) + north)]);
}

/** The shift by so many pixels of the map at a zoom, right and down. */
export function shiftBy(x_px: number, y_px: number, zoom: number): (at: Position) => Position {
  const world_px = 256 * 2 ** zoom;
  return ([lon = 0, lat = 0]) =>
    rounded([lon + (x_px / world_px) * 360, latOf(northOf(lat) - y_px / world_px)]);
}

/** The same plot elsewhere; `was` is where it stood when the move began. */
export function shifted(plot: Plot, shift: (position: Position) => Position, was = plot): Plot {
  return { ...plot, control: was.control.map(shift), geometry: moved(was.geometry, shift) };
}

type Nested = Position | readonly Nested[];

function moved(geometry: Geometry, shift: (position: Position) => Position): Geometry {
  if (geometry.type === "GeometryCollection") return geometry;
  const walk = (part: Nested): Nested =>
    typeof part[0] === "number" ? shift(part as Position) : (part as readonly Nested[]).map(walk);
  return { ...geometry, coordinates: walk(geometry.coordinates as Nested) } as Geometry;
}

/** What must be sent for a plot that was moved or whose corners were. */
export const shapeOf = (plot: Plot): Fields =>
  FREE.has(plot.kind) ? { geometry: plot.geometry } : { control: plot.control };
