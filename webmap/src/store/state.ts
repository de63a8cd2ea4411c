/** The one state of a page. Panels and the map read it; only `store/` writes it. */

import type { Assessment } from "../api/assessment";
import type { Closure } from "../api/closures";
import type { Dossier, DossierKind } from "../api/dossier";
import type { Alert } from "../api/positions";
import type { CrsName, Kept } from "../api/quality";
import type { Sheet } from "../api/sheets";
import type { Task } from "../api/tasks";
import type { Theme } from "../api/themes";
import type { OwnLayer, RemovedLayer } from "../api/user_layers";
import type {
  Call,
  FeatureCard,
  Found,
  Incident,
  Layer,
  Properties,
  Session,
  WireCollection,
} from "../api/wire";
import type { LinkStatus } from "../live/stream";
import {
  type Asked,
  type Closing,
  type Dispatching,
  type Evacuating,
  type Movers,
  noAnswer,
  noAsked,
  type Ordering,
  type Tracked,
  type Ways,
} from "./command";
import type { Draft } from "./draft";
import { type Duty, noDuty } from "./duty_state";
import { emptyPocket, type Field, noField, type OpenPack, type Pocket } from "./field_state";
import { type Ground, noGround, type Reading } from "./ground_state";
import { Observable } from "./observable";
import { noPacking, type Packing } from "./packing_state";
import {
  type Asking,
  type Counting,
  type DossierTab,
  type Drawing,
  type Filed,
  type Importing,
  noCounts,
  noImport,
  noOverlay,
  noQuestion,
  noUploading,
  type Overlay,
  type Pairs,
  type PlanImage,
  type Tool,
  type Uploading,
} from "./planner";
import type { Replay } from "./replay_state";
import { noTiles, type Tiles } from "./tile_state";
import type { Twin } from "./twin_state";
import type { Camera, Drawer, Notice, PlanTab, SourceNote, View } from "./view_state";

export type Language = "zh" | "en";
export type { Camera, Drawer, Notice, PlanTab, SourceNote, View };

export interface State {
  language: Language;
  ready: boolean;
  /** The page has a form to take a report with. */
  takesReports: boolean;
  session: Session | null;
  layers: readonly Layer[];
  /** Hazard sources by grade 1 to 4, where a page asked for them. */
  grades: readonly (number | null)[] | null;
  attribution: readonly string[];
  ground: Ground;
  /** What a raster was asked, where it was asked something. */
  reading: Reading | null;
  tiles: Tiles;
  /** Which life of the database all revisions belong to. */
  epoch: string | null;
  hidden: ReadonlySet<string>;
  view: View | null;
  /** West, south, east, north of what the map shows. */
  bounds: [number, number, number, number] | null;
  camera: Camera | null;
  drawer: Drawer;
  tab: PlanTab;
  card: { layer: string; id: string; shown: FeatureCard | null } | null;
  results: readonly Found[] | null;
  /** The place that was typed into the search box, where it is one. */
  spot: { lon: number; lat: number } | null;
  incidents: readonly Incident[];
  incident: string | null;
  assessments: Readonly<Record<string, Assessment>>;
  assessing: ReadonlySet<string>;
  /** The moment of the cloud's life that the map shows, s; null shows all that it ever reaches. */
  slice: number | null;
  /** The line of time, where it is open; its `at` is the moment shown, null is now. */
  replay: Replay | null;
  /** Two maps are compared, each with its side. */
  twin: Twin | null;
  /** The calculation sheet of the plan that is shown, where it has one. */
  sheet: Sheet | null;
  /** The moments are being played one after the other. */
  playing: boolean;
  calls: Readonly<Record<string, readonly Call[]>>;
  /** Orders by incident. */
  tasks: Readonly<Record<string, readonly Task[]>>;
  ordering: Ordering | null;
  dialog: "dispatch" | "evacuation" | null;
  dispatching: Dispatching | null;
  evacuation: Evacuating | null;
  /** Closed roads in force; null until they have been read. */
  closures: readonly Closure[] | null;
  closing: Closing | null;
  movers: Movers;
  alerts: readonly Alert[];
  tracked: Tracked | null;
  /** The question about roads that the tools ask, and ways that were found. */
  asked: Asked;
  ways: Ways | null;
  /** What such a question has answered, as the map draws it: each feature has a `role`. */
  answer: WireCollection;
  draft: Draft | null;
  duty: Duty;
  focus: { layer: string; id: string } | null;
  source: SourceNote | null;
  importing: Importing;
  uploading: Uploading;
  tool: Tool | null;
  asking: Asking;
  counting: Counting;
  overlay: Overlay;
  drawing: Drawing | null;
  planImage: PlanImage | null;
  /** How well each layer is kept, where a page asked for it. */
  quality: readonly Kept[] | null;
  pairs: Pairs | null;
  systems: readonly CrsName[];
  filed: Filed | null;
  themes: readonly Theme[] | null;
  /** The theme map that was opened last. */
  theme: Theme | null;
  /** The own layer whose look and name are being changed. */
  ownLayer: OwnLayer | null;
  removedLayers: readonly RemovedLayer[];
  dossier: { kind: DossierKind; id: string; file: Dossier | null } | null;
  dossierTab: DossierTab;
  /** The pack that is shown in place of the server's own data. */
  pack: OpenPack | null;
  pocket: Pocket;
  field: Field;
  /** The pack that is being ordered from the server, and those that were. */
  packing: Packing;
  notices: readonly Notice[];
  link: { status: LinkStatus; seq: number | null; at: number };
  now: number;
  /** How far the server's clock is ahead of this machine's, ms. */
  skew_ms: number;
}

export const initial: State = {
  language: "zh",
  ready: false,
  takesReports: false,
  session: null,
  layers: [],
  grades: null,
  attribution: [],
  ground: noGround,
  reading: null,
  tiles: noTiles,
  epoch: null,
  hidden: new Set(),
  view: null,
  bounds: null,
  camera: null,
  drawer: "layers",
  tab: "situation",
  card: null,
  results: null,
  spot: null,
  incidents: [],
  incident: null,
  assessments: {},
  assessing: new Set(),
  slice: null,
  replay: null,
  twin: null,
  sheet: null,
  playing: false,
  calls: {},
  tasks: {},
  ordering: null,
  dialog: null,
  dispatching: null,
  evacuation: null,
  closures: null,
  closing: null,
  movers: new Map(),
  alerts: [],
  tracked: null,
  asked: noAsked,
  ways: null,
  answer: noAnswer,
  draft: null,
  duty: noDuty,
  focus: null,
  source: null,
  importing: noImport,
  uploading: noUploading,
  tool: "layers",
  asking: noQuestion,
  counting: noCounts,
  overlay: noOverlay,
  drawing: null,
  planImage: null,
  quality: null,
  pairs: null,
  systems: [],
  filed: null,
  themes: null,
  theme: null,
  ownLayer: null,
  removedLayers: [],
  dossier: null,
  dossierTab: "overview",
  pack: null,
  pocket: emptyPocket,
  field: noField,
  packing: noPacking,
  notices: [],
  link: { status: "connecting", seq: null, at: 0 },
  now: Date.now(),
  skew_ms: 0,
};

export type Store = Observable<State>;
export const store: Store = new Observable<State>(initial);

export function activeIncident(state: State): Incident | null {
  return state.incidents.find((incident) => incident.id === state.incident) ?? null;
}

/** A closed incident is history: it is neither counted nor offered. */
export function openIncidents(state: State): Incident[] {
  return state.incidents.filter(({ status }) => status !== "closed");
}

const A_DAY_MS = 86_400_000;

/** What the desk has before it: what goes on, and what was ended today and nobody has approved. */
export function deskIncidents(state: State): Incident[] {
  const since = state.now + state.skew_ms - A_DAY_MS;
  const ended = state.incidents.filter(
    ({ status, unapproved, updated_at }) =>
      status === "closed" &&
      unapproved.includes("status") &&
      updated_at !== null &&
      Date.parse(updated_at) > since,
  );
  return [...openIncidents(state), ...ended];
}

export function activePlan(state: State): Assessment | null {
  return state.incident === null ? null : (state.assessments[state.incident] ?? null);
}

export function layerNamed(state: State, name: string): Layer | null {
  return state.layers.find((layer) => layer.name === name) ?? null;
}

/** The page shows how everything was at a moment before now. */
export const isPast = ({ replay }: State): boolean => replay !== null && replay.at !== null;

export function may(state: State, permission: string): boolean {
  // What is past can be looked at; whoever acts does so now.
  if (isPast(state) && !permission.endsWith(".read")) return false;
  return state.session?.permissions.includes(permission) ?? false;
}

/** Somebody who may report sits at a page that has the form. */
export function mayReport(state: State): boolean {
  return state.takesReports && may(state, "incidents.report");
}

export type { Properties };
