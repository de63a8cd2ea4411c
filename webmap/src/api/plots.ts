/** Plots of an incident on the wire: what is drawn, the edits that change it, its versions. */
import type { Geometry, Position } from "geojson";
import { address, request, save } from "./client";
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

export const KINDS = [
  "point",
  "line",
  "polygon",
  "circle",
  "sector",
  "rectangle",
  "text",
  "dimension",
  "arrow",
  "curved_arrow",
  "attack_arrow",
  "evacuation",
  "cordon",
  "roadblock",
] as const;
export type Kind = (typeof KINDS)[number];

const kind: Reader<Kind> = (value, path) => {
  const found = KINDS.find((one) => one === value);
  if (!found) throw new WireError(path, KINDS.join("|"), value);
  return found;
};

const position: Reader<Position> = (value, path) => {
  const [lon, lat] = list(number)(value, path);
  if (lon === undefined || lat === undefined) throw new WireError(path, "lon, lat", value);
  return [lon, lat];
};

const geometry: Reader<Geometry> = (value, path) => {
  const { type } = shape({ type: text, coordinates: anything })(value, path);
  if (!/^(Multi)?(Point|LineString|Polygon)$/.test(type))
    throw new WireError(`${path}.type`, "a GeoJSON geometry", type);
  return value as Geometry;
};

const conflict = shape({
  id: text,
  plot: text,
  field: text,
  mine: anything,
  theirs: anything,
  by: optional(text),
  theirs_by: optional(text),
  at: optional(text),
  state: fallback(text, "open"),
});
export type Conflict = Read<typeof conflict>;

export const plot = shape({
  id: text,
  kind,
  control: fallback(list(position), []),
  geometry,
  properties: fallback(record(anything), {}),
  order: fallback(number, 0),
  locked: fallback(boolean, false),
  locked_by: optional(text),
  group: optional(text),
  version: number,
  created_by: optional(text),
  updated_by: optional(text),
  updated_at: optional(text),
  closure: optional(text),
  measured: fallback(record(anything), {}),
  from_plan: optional(record(anything)),
  conflict: fallback(list(conflict), []),
});
export type Plot = Read<typeof plot>;

/** What an edit sets: the shape, the place in the pile, the lock, and properties by their names. */
export type Fields = Readonly<Record<string, unknown>>;

export interface Op {
  op_id: string;
  op: "put" | "delete" | "restore" | "resolve";
  plot: string;
  base?: number | null;
  set?: Fields;
  undoes?: string | null;
  version?: number;
  conflict?: string;
  take?: "mine" | "theirs";
}

const result = shape({
  op_id: text,
  plot: text,
  outcome: text,
  version: optional(number),
  fields: fallback(list(text), []),
  current: optional(plot),
});
export type Result = Read<typeof result>;

const whole = shape({ plots: list(plot), conflicts: fallback(list(conflict), []), seq: number });
const since = shape({
  plots: list(plot),
  deleted: fallback(list(text), []),
  conflicts: fallback(list(conflict), []),
  settled: fallback(list(text), []),
  seq: number,
});
const versions = shape({
  versions: list(
    shape({
      version: number,
      at: optional(text),
      by: optional(text),
      op: text,
      plot: optional(plot),
    }),
  ),
  more: fallback(boolean, false),
});
export type Version = Read<typeof versions>["versions"][number];

const base = (incident: string): string =>
  `/api/v1/incidents/${encodeURIComponent(incident)}/plots`;

export const getPlots = (incident: string) => request(base(incident), whole);
export const getPlotsAfter = (incident: string, after: number) =>
  request(address(base(incident), { after }), since);

export const postOps = (incident: string, client: string, ops: readonly Op[]) =>
  request(base(incident), shape({ results: list(result) }), {
    method: "POST",
    body: { client, ops },
    // What was drawn before a person began to look back is still sent.
    past: true,
  });

export const getVersions = (incident: string, id: string, before: number | null) =>
  request(address(`${base(incident)}/${id}/versions`, { limit: 30, before }), versions);

const removed = shape({
  removed: list(shape({ at: text, by: optional(text), plot })),
  more: fallback(boolean, false),
});
export type Removed = Read<typeof removed>;
export const getRemoved = (incident: string) => request(`${base(incident)}/removed`, removed);

/** What several plots were drawn by in one go: its id, and the plots as it left them. */
const deed = {
  id: text,
  plots: fallback(list(plot), []),
  drawn: fallback(list(text), []),
  taken_off: fallback(list(text), []),
};
const situation = shape({
  ...deed,
  added: fallback(number, 0),
  updated: fallback(number, 0),
  kept: fallback(number, 0),
  removed: fallback(number, 0),
});
export const postSituation = (incident: string, id: string, client: string) =>
  request(`${base(incident)}/situation`, situation, { method: "POST", body: { id, client } });

export const PLOT_FORMATS = ["geojson", "kml", "gpkg"] as const;
export type PlotFormat = (typeof PLOT_FORMATS)[number];
export const savePlots = (incident: string, format: PlotFormat) =>
  save(`${base(incident)}.${format}`, `plots.${format}`);

const taken = shape({
  ...deed,
  added: fallback(number, 0),
  left_out: fallback(list(shape({ row: optional(label), reason: anything })), []),
});
export function importPlots(incident: string, file: File, id: string, client: string) {
  const form = new FormData();
  form.append("id", id);
  form.append("client", client);
  form.append("file", file);
  return request(`${base(incident)}/import`, taken, { method: "POST", form });
}

export type Deed = Pick<Read<typeof taken>, "id" | "plots" | "drawn" | "taken_off">;

const table = shape({ symbols: fallback(record(text), {}) });
/** How this site writes the codes of signs: code of ours to code of theirs, or to another sign. */
export const getSignCodes = () => request("/api/v1/plot-symbols", table);
