/** What the plotting tools know: the shapes of an incident, what is chosen and what is being drawn. */
import type { Position } from "geojson";
import type { Conflict, Fields, Kind, Op, Plot, Removed, Version } from "../api/plots";
import { Observable } from "./observable";
import type { Form } from "./plot_grids";
import type { Block } from "./plot_shapes";

export type Tool = "select" | Kind;

/** An edit that has been made here, with what is needed to send it later and elsewhere. */
export interface Pending {
  incident: string;
  user: string;
  /** The tab that made it: the server tells mine from those of others by it. */
  client: string;
  at: number;
  op: Op;
  /** What a deleted or earlier plot looks like once this edit has been made. */
  after?: Plot;
  /** Why the server would not have it; it then waits for a person. */
  refused?: string;
}

/** A shape under the pointer that is not an edit yet. */
export interface Draft {
  plots: readonly Plot[];
}

export interface Drawing {
  kind: Kind;
  points: readonly Position[];
  block: Block;
}

export type MeasureKind = "distance" | "area" | "bearing";

export interface Measuring {
  kind: MeasureKind;
  points: readonly Position[];
  done: boolean;
}

export interface History {
  plot: string;
  versions: readonly Version[];
  more: boolean;
  /** The version that is shown as a ghost. */
  shown: number | null;
}

export interface PlotState {
  incident: string | null;
  /** As they are shown: what the server has, with the edits that wait here. */
  plots: ReadonlyMap<string, Plot>;
  conflicts: readonly Conflict[];
  loaded: boolean;
  tool: Tool;
  drawing: Drawing | null;
  /** The polygon that the shape being drawn becomes a hole of. */
  holeIn: string | null;
  draft: Draft | null;
  selection: ReadonlySet<string>;
  /** The corner of the one selected plot that keys move. */
  corner: number | null;
  /** Where keys draw. */
  cursor: Position | null;
  /** Where the pointer is, as it is snapped. */
  pointer: Position | null;
  snapped: boolean;
  /** Where the mouse is over the map, whatever tool is in hand. */
  here: Position | null;
  snaps: boolean;
  style: Fields;
  symbol: string;
  /** What the next roadblock closes. */
  block: Block;
  /** How the chosen sign's code is written here. */
  code: string;
  waiting: number;
  refused: readonly Pending[];
  away: boolean;
  /** Plots that somebody else has just changed, and who it was. */
  fresh: ReadonlyMap<string, string>;
  history: History | null;
  /** Plots that were taken off, the last first; null while nobody asks for them. */
  removed: Removed | null;
  undo: number;
  redo: number;
  help: boolean;
  /** The codes that this site writes for our signs. */
  codes: Readonly<Record<string, string>>;
  measuring: Measuring | null;
  form: Form;
}

export const noPlots: PlotState = {
  incident: null,
  plots: new Map(),
  conflicts: [],
  loaded: false,
  tool: "select",
  drawing: null,
  holeIn: null,
  draft: null,
  selection: new Set(),
  corner: null,
  cursor: null,
  pointer: null,
  snapped: false,
  here: null,
  snaps: true,
  style: {},
  symbol: "command_post",
  block: "point",
  code: "501",
  waiting: 0,
  refused: [],
  away: false,
  fresh: new Map(),
  history: null,
  removed: null,
  undo: 0,
  redo: 0,
  help: false,
  codes: {},
  measuring: null,
  form: "dd",
};

/** An incident whose plots are not known yet, with nothing in hand. */
export const nothingOpen = {
  loaded: false,
  selection: new Set<string>(),
  drawing: null,
  history: null,
  removed: null,
};

export const plotStore = new Observable<PlotState>(noPlots);

export const selected = ({ plots, selection }: PlotState): Plot[] =>
  [...selection].flatMap((id) => plots.get(id) ?? []);

/** The only selected plot, where it is the only one. */
export function theOne(state: PlotState): Plot | null {
  const [first, ...others] = selected(state);
  return first && others.length === 0 ? first : null;
}
