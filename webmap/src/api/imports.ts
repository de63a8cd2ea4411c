/** Imports on the wire: what a file holds, what is wrong with it, and what it would change. */
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
} from "./read";
import { collection, message, sentence } from "./wire";

const IMPORTS = "/api/v1/imports";

const layerReport = shape({
  rows: fallback(number, 0),
  new: fallback(number, 0),
  existing: fallback(number, 0),
  changed: fallback(number, 0),
  unchanged: fallback(number, 0),
  gone: fallback(number, 0),
  errors: fallback(number, 0),
  warnings: fallback(number, 0),
});
const importReport = shape({
  format: optional(text),
  crs: optional(text),
  encoding: optional(text),
  unmatched: fallback(list(text), []),
  layers: fallback(record(layerReport), {}),
  warnings: fallback(list(message), []),
  corrected: fallback(list(anything), []),
  error: optional(message),
});

const column = shape({
  name: text,
  type: fallback(text, "text"),
  examples: fallback(list(optional(label)), []),
  filled: optional(number),
});
export type Column = Read<typeof column>;

const sourceLayer = shape({
  name: fallback(text, ""),
  geometry_type: optional(text),
  rows: optional(number),
  fields: fallback(list(column), []),
});
export type SourceLayer = Read<typeof sourceLayer>;

/** A guess comes as a name, or as an object that says more about it. */
const guess: Reader<string | null> = (value, path) => {
  if (typeof value === "object" && value !== null) {
    const { name, code } = shape({ name: optional(text), code: optional(text) })(value, path);
    return code ?? name;
  }
  return optional(text)(value, path);
};

const crsGuess = shape({
  given: optional(text),
  /** What the file itself says. */
  told: optional(text),
  guessed: guess,
  name: optional(text),
  certain: fallback(boolean, false),
  reasons: fallback(list(sentence), []),
  alternatives: fallback(list(guess), []),
});
const encodingGuess = shape({
  given: optional(text),
  guessed: optional(text),
  certain: fallback(boolean, false),
  alternatives: fallback(list(text), []),
});
const proposal = shape({
  layer: optional(text),
  fields: fallback(record(text), {}),
  source_remembered: fallback(boolean, false),
});
const analysis = shape({
  format: optional(text),
  size_bytes: optional(number),
  layers: fallback(list(sourceLayer), []),
  crs: optional(crsGuess),
  encoding: optional(encodingGuess),
  proposed: optional(proposal),
  warnings: fallback(list(message), []),
});
export type Analysis = Read<typeof analysis>;

const options = shape({
  layer: optional(text),
  crs: optional(text),
  encoding: optional(text),
  source_layer: optional(text),
  source: optional(text),
});

export const importJob = shape({
  id: text,
  file_name: fallback(text, ""),
  status: text,
  created_at: optional(text),
  created_by: optional(text),
  progress: fallback(shape({ step: optional(text), count: optional(number) }), {
    step: null,
    count: null,
  }),
  options: optional(options),
  analysis: optional(analysis),
  report: fallback(importReport, importReport({}, "")),
});
export type ImportJob = Read<typeof importJob>;

const fault = shape({
  row: optional(label),
  layer: optional(text),
  field: optional(text),
  rule: fallback(text, ""),
  severity: fallback(text, "error"),
  got: optional(label),
  wanted: optional(label),
  text: optional(text),
});
export type Fault = Read<typeof fault>;
const faultList = shape({ faults: list(fault), next_cursor: optional(label) });

const preview = shape({
  columns: fallback(list(text), []),
  rows: fallback(list(list(optional(label))), []),
  features: fallback(collection, { type: "FeatureCollection", features: [] }),
  bbox: optional(list(number)),
});
export type Preview = Read<typeof preview>;

export const CHANGE_KINDS = ["new", "changed", "unchanged", "gone"] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

const fieldChange = shape({ field: text, before: anything, after: anything });
const rowChange = shape({
  row: optional(label),
  id: optional(text),
  name: optional(text),
  kind: text,
  lon: optional(number),
  lat: optional(number),
  fields: fallback(list(fieldChange), []),
});
export type RowChange = Read<typeof rowChange>;
const counted = shape({
  new: fallback(number, 0),
  changed: fallback(number, 0),
  unchanged: fallback(number, 0),
  gone: fallback(number, 0),
});
export type ChangeCounts = Read<typeof counted>;
const changeList = shape({
  counts: fallback(record(counted), {}),
  changes: fallback(list(rowChange), []),
  next_cursor: optional(label),
});

const editedRow = shape({
  layer: fallback(text, ""),
  id: text,
  name: optional(text),
  version: optional(number),
});
export type EditedRow = Read<typeof editedRow>;
export const editedRows = list(editedRow);
const takenBack = shape({
  restored: fallback(number, 0),
  removed: fallback(number, 0),
  edited_since: fallback(editedRows, []),
});

const remembered = shape({
  id: text,
  layer: fallback(text, ""),
  source: optional(text),
  used_at: optional(text),
});
export type Remembered = Read<typeof remembered>;

/** How a file is to be read and where its rows go. */
export interface CheckBody {
  layer?: string;
  new_layer?: {
    title: string;
    title_en?: string;
    access: string;
    style: Record<string, string | number>;
  };
  crs?: string;
  encoding?: string;
  source_layer?: string;
  fields?: Record<string, string>;
  source?: string;
  source_date?: string;
  corrections: { row: number; field: string; value: string | null }[];
}

export const postImport = (form: FormData) => request(IMPORTS, importJob, { method: "POST", form });
export const getImport = (id: string) => request(`${IMPORTS}/${id}`, importJob);
export const getImports = () =>
  request(address(IMPORTS, { limit: 20 }), shape({ imports: list(importJob) }));
/** The first rows as they read under a layer of the file, a coordinate system and an encoding. */
export const getPreview = (
  id: string,
  reading: { source_layer: string; crs: string; encoding: string },
) => request(address(`${IMPORTS}/${id}/preview`, reading), preview);
export const checkImport = (id: string, body: CheckBody) =>
  request(`${IMPORTS}/${id}/check`, importJob, { method: "POST", body });
export const getFaults = (id: string, severity: string, cursor: string | null) =>
  request(address(`${IMPORTS}/${id}/faults`, { severity, cursor, limit: 200 }), faultList);
export const saveFaults = (id: string) => save(`${IMPORTS}/${id}/faults.xlsx`, "faults.xlsx");
export const getChanges = (
  id: string,
  kind: ChangeKind,
  layer: string | null,
  cursor: string | null,
) => request(address(`${IMPORTS}/${id}/changes`, { kind, layer, cursor, limit: 50 }), changeList);
export const publishImport = (
  id: string,
  body: { good_rows_only: boolean; remove_gone: boolean },
) => request(`${IMPORTS}/${id}/publish`, importJob, { method: "POST", body });
export const rejectImport = (id: string) =>
  request(`${IMPORTS}/${id}/reject`, importJob, { method: "POST", body: {} });
export const takeBackImport = (id: string, keep_edited: boolean) =>
  request(`${IMPORTS}/${id}/take-back`, takenBack, { method: "POST", body: { keep_edited } });
export const saveTemplate = (layer: string) =>
  save(`/api/v1/layers/${encodeURIComponent(layer)}/template.xlsx`, `${layer}.xlsx`);
export const getRemembered = () =>
  request("/api/v1/import-sources", shape({ sources: list(remembered) }));
export const forgetRemembered = (id: string) =>
  request(`/api/v1/import-sources/${id}`, anything, { method: "DELETE" });
