/** The shapes on the wire, as the server's API documents them; names are the wire's own. */
import type { Feature, FeatureCollection, Geometry } from "geojson";
import {
  anything,
  boolean,
  fallback,
  label,
  list,
  number,
  optional,
  type Read,
  type Reader,
  record,
  shape,
  text,
  WireError,
} from "./read";

const properties = record(anything);

export type Properties = Record<string, unknown>;
export type WireFeature = Feature<Geometry | null, Properties>;
export type WireCollection = FeatureCollection<Geometry, Properties>;

export const geometry: Reader<Geometry> = (value, path) => {
  const { type } = shape({ type: text })(value, path);
  if (!/^(Multi)?(Point|LineString|Polygon)$|^GeometryCollection$/.test(type))
    throw new WireError(`${path}.type`, "a GeoJSON geometry", type);
  return value as Geometry;
};

export const feature: Reader<WireFeature> = (value, path) => {
  const read = shape({
    id: optional(label),
    geometry: optional(geometry),
    properties: fallback(properties, {}),
  })(value, path);
  return {
    type: "Feature",
    geometry: read.geometry,
    properties: read.properties,
    ...(read.id ? { id: read.id } : {}),
  };
};

export const collection: Reader<WireCollection> = (value, path) => {
  const { features } = shape({ features: list(feature) })(value, path);
  // A feature without a place (a zone that could not be drawn) stays in the lists, not on the map.
  const placed = features.filter(
    (entry): entry is Feature<Geometry, Properties> => entry.geometry !== null,
  );
  return { type: "FeatureCollection", features: placed };
};

/** A sentence: the server has put it in the reader's language; the code stays for tests and styles. */
export const message = shape({
  code: fallback(text, ""),
  text: fallback(text, ""),
  params: fallback(properties, {}),
  source: optional(text),
});
export type Message = Read<typeof message>;

/** Some fields carry a plain sentence or code, some a message: read both as a message. */
export const sentence: Reader<Message> = (value, path) =>
  typeof value === "string"
    ? { code: value, text: value, params: {}, source: null }
    : message(value, path);

const lonLat: Reader<[number, number]> = (value, path) => {
  const [lon, lat] = list(number)(value, path);
  if (lon === undefined || lat === undefined) throw new WireError(path, "lon, lat", value);
  return [lon, lat];
};

export const session = shape({
  user: optional(shape({ name: text, title: optional(text) })),
  roles: fallback(list(text), []),
  permissions: fallback(list(text), []),
  demo: fallback(boolean, false),
  epoch: optional(text),
  seq: optional(number),
  site: shape({
    name: text,
    name_en: optional(text),
    fictional: fallback(boolean, false),
    /** By which clock its times are told; an IANA name. */
    timezone: optional(text),
    center: optional(lonLat),
    zoom: optional(number),
    bbox: optional(list(number)),
    attribution: fallback(list(text), []),
  }),
});
export type Session = Read<typeof session>;

const domainValue = shape({ value: label, title: optional(text) });
const layerField = shape({
  name: text,
  title: optional(text),
  type: fallback(text, "text"),
  unit: optional(text),
  required: fallback(boolean, false),
  domain: optional(list(domainValue)),
});
export type LayerField = Read<typeof layerField>;
const contact = shape({ name: optional(text), post: optional(text), phone: optional(text) });
const stockItem = shape({ item: text, quantity: optional(number), unit: optional(text) });

const vehicle = shape({
  id: optional(text),
  kind: text,
  count: optional(number),
  plate: optional(text),
});
const kept = shape({
  age_days: optional(number),
  stale: fallback(boolean, false),
  field_sources: fallback(record(shape({ source: optional(text), date: optional(text) })), {}),
});

/** One feature as its card shows it: with whom to call, and what is in stock. */
export const featureCard: Reader<FeatureCard> = (value, path) => ({
  feature: feature(value, path),
  ...shape({
    contacts: fallback(list(contact), []),
    stock: fallback(list(stockItem), []),
    vehicles: fallback(list(vehicle), []),
    kept: optional(kept),
  })(value, path),
});
export interface FeatureCard {
  feature: WireFeature;
  contacts: Read<typeof contact>[];
  stock: Read<typeof stockItem>[];
  vehicles: Read<typeof vehicle>[];
  kept: Read<typeof kept> | null;
}

export const layerStyle = shape({
  color: optional(text),
  symbol: optional(text),
  label_field: optional(text),
  min_zoom: optional(number),
});
export type LayerStyle = Read<typeof layerStyle>;

export const layer = shape({
  name: text,
  title: optional(text),
  geometry: fallback(text, "POINT"),
  count: optional(number),
  revision: fallback(number, 0),
  group: fallback(text, "ground"),
  fields: fallback(list(layerField), []),
  /** A person's own layer, which its owner may change and remove. */
  user: fallback(boolean, false),
  can_edit: fallback(boolean, false),
  owner: optional(text),
  access: optional(text),
  style: optional(layerStyle),
  version: optional(number),
});
export type Layer = Read<typeof layer>;
export const layers = shape({
  layers: list(layer),
  epoch: optional(text),
  basemap: fallback(shape({ revision: fallback(number, 0) }), { revision: 0 }),
  attribution: fallback(list(text), []),
});
export type Layers = Read<typeof layers>;

export const found = shape({
  layer: text,
  id: text,
  name: optional(text),
  name_en: optional(text),
  lon: optional(number),
  lat: optional(number),
});
export type Found = Read<typeof found>;
export const foundList = shape({ results: list(found) });

export const substance = shape({
  cas: optional(text),
  un: optional(label),
  name: text,
  name_en: optional(text),
});
export type Substance = Read<typeof substance>;
export const substanceList = shape({ substances: list(substance) });

export const incident = shape({
  id: text,
  kind: text,
  title: fallback(text, ""),
  lon: number,
  lat: number,
  occurred_at: text,
  reported_at: optional(text),
  substance: optional(text),
  substance_en: optional(text),
  cas: optional(text),
  release: fallback(properties, {}),
  weather: optional(anything),
  status: fallback(text, "open"),
  accident_grade: optional(label),
  response_level: optional(label),
  warning_level: optional(label),
  exercise: fallback(boolean, false),
  /** Which of them no approved decision stands for. */
  unapproved: fallback(list(text), []),
  updated_at: optional(text),
  /** The plan of record, where one was taken as that. */
  plan_id: optional(text),
  version: fallback(number, 1),
  number: optional(number),
  fid: optional(number),
});
export type Incident = Read<typeof incident>;
export const incidentList = shape({ incidents: list(incident) });

export const call = shape({
  id: text,
  layer: optional(text),
  feature_id: optional(text),
  feature_name: optional(text),
  name: optional(text),
  phone: optional(text),
  purpose: sentence,
  result: fallback(text, "waiting"),
  note: optional(text),
  called_at: optional(text),
  called_by: optional(text),
  /** When an answer is overdue; null where it came. */
  due_at: optional(text),
  tries: fallback(
    list(shape({ result: text, called_at: optional(text), called_by: optional(text) })),
    [],
  ),
});
export type Call = Read<typeof call>;
export const callList = shape({ calls: list(call) });

/** West, south, east, north. */
export type Box = [number, number, number, number];
const box: Reader<Box> = (value, path) => {
  const [west, south, east, north] = list(number)(value, path);
  if (west === undefined || south === undefined || east === undefined || north === undefined)
    throw new WireError(path, "west, south, east, north", value);
  return [west, south, east, north];
};

export const change = shape({
  seq: number,
  layer: text,
  feature: optional(label),
  op: fallback(text, ""),
  incident: optional(text),
  revision: optional(number),
  /** What of the ground it touched; null where that is the whole layer, or not told. */
  box: optional(box),
  at: optional(text),
  actor: optional(text),
});
export type Change = Read<typeof change>;
export const heartbeat = shape({ seq: number, now: optional(text), epoch: optional(text) });
