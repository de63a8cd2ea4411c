/** What the planner's page holds beside what every page holds. */
import type { Geometry, Position } from "geojson";
import type { Document, SitePlan } from "../api/documents";
import type {
  ChangeCounts,
  ChangeKind,
  EditedRow,
  Fault,
  ImportJob,
  Preview,
  Remembered,
  RowChange,
} from "../api/imports";
import type { Pair } from "../api/quality";
import type { Found, Statistics } from "../api/queries";
import type { RasterUpload } from "../api/rasters";
import type { WireCollection } from "../api/wire";
import type { Condition } from "./cql";

/** The five steps of a file's way in (analyse, check, adjust, stage, publish). */
export const STEPS = ["analyse", "check", "adjust", "stage", "publish"] as const;
export type Step = (typeof STEPS)[number];

/** The look of a person's own layer. */
export interface Style {
  color: string;
  symbol: string;
  label_field: string | null;
  min_zoom: number | null;
}

export interface OwnLayer {
  title: string;
  access: string;
  style: Style;
}

/** How a file is to be read: guessed first, then as a person decides. */
export interface ImportForm {
  layer: string;
  /** The file becomes a layer of its own instead. */
  own: OwnLayer | null;
  crs: string;
  encoding: string;
  sourceLayer: string;
  /** Field of the layer to column of the file. */
  fields: Readonly<Record<string, string>>;
  source: string;
  sourceDate: string;
}

export interface Correction {
  row: number;
  field: string;
  got: string;
  value: string;
}

export interface Changes {
  kind: ChangeKind;
  layer: string | null;
  counts: Readonly<Record<string, ChangeCounts>>;
  rows: readonly RowChange[];
  next: string | null;
}

export interface Importing {
  job: ImportJob | null;
  busy: boolean;
  step: Step;
  form: ImportForm;
  preview: Preview | null;
  faults: readonly Fault[];
  /** Where the list of faults goes on; null at its end. */
  next: string | null;
  severity: "error,warning" | "error" | "warning";
  corrections: readonly Correction[];
  changes: Changes | null;
  removeGone: boolean;
  /** Rows that were edited since a batch was published: they stop it from being taken back. */
  edited: readonly EditedRow[];
  taken: { restored: number; removed: number } | null;
  recent: readonly ImportJob[] | null;
  remembered: readonly Remembered[] | null;
}

export const emptyForm: ImportForm = {
  layer: "",
  own: null,
  crs: "",
  encoding: "",
  sourceLayer: "",
  fields: {},
  source: "",
  sourceDate: "",
};

export const noImport: Importing = {
  job: null,
  busy: false,
  step: "analyse",
  form: emptyForm,
  preview: null,
  faults: [],
  next: null,
  severity: "error,warning",
  corrections: [],
  changes: null,
  removeGone: false,
  edited: [],
  taken: null,
  recent: null,
  remembered: null,
};

/** Raster files on their way in; `fault` is why the last one was not even received. */
export interface Uploading {
  busy: boolean;
  fault: string | null;
  uploads: readonly RasterUpload[] | null;
}

export const noUploading: Uploading = { busy: false, fault: null, uploads: null };

/** What is laid over the map: an area asked about, and what was found or is on its way in. */
export interface Overlay {
  area: Geometry | null;
  features: WireCollection;
  /** What a line of a panel speaks of, while it is pointed at or has the focus. */
  outline?: Geometry | WireCollection | null;
}

export const EMPTY: WireCollection = { type: "FeatureCollection", features: [] };
export const noOverlay: Overlay = { area: null, features: EMPTY };

/** A shape being drawn with presses on the map. */
export interface Drawing {
  shape: "point" | "line" | "polygon";
  points: readonly Position[];
}

export const TOOLS = [
  "layers",
  "import",
  "query",
  "statistics",
  "themes",
  "quality",
  "roads",
  "moving",
  "pack",
] as const;
export type Tool = (typeof TOOLS)[number];

export const WHERES = ["around", "polygon", "district", "view", "anywhere"] as const;
export type Where = (typeof WHERES)[number];

export interface District {
  code: string;
  name: string | null;
  name_en: string | null;
}

export interface Asking {
  where: Where;
  center: { lon: number; lat: number } | null;
  radius_m: number;
  polygon: Geometry | null;
  district: District | null;
  /** Which layers are asked; none chosen is all of them. */
  layers: ReadonlySet<string>;
  conditions: Readonly<Record<string, readonly Condition[]>>;
  /** CQL2 text for each layer that has conditions. */
  filters: Readonly<Record<string, string>>;
  busy: boolean;
  found: Readonly<Record<string, Found>> | null;
  /** The layer whose rows are in the table. */
  shown: string | null;
}

export const noQuestion: Asking = {
  where: "around",
  center: null,
  radius_m: 1000,
  polygon: null,
  district: null,
  layers: new Set(),
  conditions: {},
  filters: {},
  busy: false,
  found: null,
  shown: null,
};

/** A plan image on the map: corners are lon lat of its top left, top right, bottom right, bottom left. */
export interface PlanImage {
  id: string;
  url: string;
  corners: readonly Position[];
  opacity: number;
}

/** What is on file for the feature whose file is open. */
export interface Filed {
  layer: string;
  id: string;
  documents: readonly Document[];
  plans: readonly SitePlan[];
}

export interface Counting {
  by: string;
  level: string;
  busy: boolean;
  answer: Statistics | null;
}

export const noCounts: Counting = { by: "layer", level: "", busy: false, answer: null };

export const DOSSIER_TABS = ["overview", "units", "around", "help", "past", "documents"] as const;
export type DossierTab = (typeof DOSSIER_TABS)[number];

/** Pairs of one layer, or the likeliest of all. */
export interface Pairs {
  layer: string | null;
  list: readonly Pair[];
  next: string | null;
}
