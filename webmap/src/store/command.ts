/** What the pages hold of orders, closed roads, ways and moving things. */
import type { Position as LonLat } from "geojson";
import type { Closure } from "../api/closures";
import type { Demand, Proposal } from "../api/dispatch";
import type { Evacuation } from "../api/evacuation";
import type { Mover, Track } from "../api/positions";
import type { RouteQuestion, Way } from "../api/roads";
import type { WireCollection } from "../api/wire";

/** A road that is about to be closed. */
export interface Closing {
  kind: string;
  reason: string;
  /** Hours from now until it opens by itself; null until somebody lifts it. */
  hours: number | null;
  /** Only for the incident that is open, or for everybody. */
  everybody: boolean;
  geometry: Closure["geometry"] | null;
  busy: boolean;
}

/** What can be ordered of a place: the whole team, its people, vehicles of a kind, so much of a stock. */
export interface Choice {
  what: string;
  item: string | null;
  /** The row of stock or vehicles, where it is one. */
  row: string | null;
  /** What there is of it, where that is known. */
  most: number | null;
  unit: string;
}

/** An arrival that is about to be ordered; the key makes sending twice one order. */
export interface Ordering extends Choice {
  key: string;
  layer: string;
  id: string;
  amount: number;
  /** Null until it is known what is left. */
  choices: readonly Choice[] | null;
  busy: boolean;
}

/** The dialog of a dispatch: what each incident asks for, and what was proposed. */
export interface Dispatching {
  demands: Readonly<Record<string, readonly Demand[]>>;
  proposal: Proposal | null;
  /** Which of the proposal's assignments are left out. */
  left: ReadonlySet<number>;
  solving: "greedy" | "optimal" | "ordering" | null;
  /** A key for each incident, so that sending the same orders twice is one order. */
  keys: Readonly<Record<string, string>>;
}

/** The evacuation that was proposed for an incident. */
export interface Evacuating {
  incident: string;
  vehicle: "coach" | "foot";
  answer: Evacuation | null;
  /** The moves, by their order, that are left out; and the one whose way is brought out. */
  left: ReadonlySet<number>;
  shown: number | null;
  key: string;
  busy: boolean;
}

export const VEHICLES = [
  "fire_engine",
  "ambulance",
  "heavy_truck",
  "hazmat_truck",
  "foot",
] as const;
export type Vehicle = (typeof VEHICLES)[number];

/** A question about ways: from one place to another, or how far one comes. */
export interface Asked {
  mode: "closing" | "route" | "reach" | "coverage" | "cuts" | "cordon";
  from: LonLat | null;
  to: LonLat | null;
  vehicle: Vehicle;
  /** Whose coverage: "team:fire", "resource:hospital". */
  serving: string;
  busy: boolean;
  /** What was answered, in figures. */
  told: Told | null;
}

export const noAsked: Asked = {
  mode: "closing",
  from: null,
  to: null,
  vehicle: "fire_engine",
  serving: "team:fire",
  busy: false,
  told: null,
};

/** A line of an answer: what, how much, and where it is. */
export interface ToldRow {
  name: string;
  note: string;
  value: string;
  at: LonLat | null;
  /** Which band of time it is, where it is one: shown in that band's colour. */
  band?: number;
}

export interface Told {
  title: string;
  rows: readonly ToldRow[];
  /** What must be said of it. */
  notes?: readonly string[];
}

/** Ways between two places, the first the fastest; one of them is chosen. */
export interface Ways {
  /** What the ways belong to: an arrival's id, or the tool. */
  of: string;
  /** None while they are asked for. */
  list: readonly Way[];
  chosen: number;
  asked: RouteQuestion;
}

export interface Tracked {
  mover: string;
  hours: number;
  track: Track | null;
}

export type Movers = ReadonlyMap<string, Mover>;

/** What a question about roads has answered, as the map draws it: each feature has a `role`. */
export const noAnswer: WireCollection = { type: "FeatureCollection", features: [] };
