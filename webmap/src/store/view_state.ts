/** What a person looks at: drawer, tab, place, and what they are told. */

export type Drawer =
  | "layers"
  | "search"
  | "report"
  | "duty"
  | "roads"
  | "moving"
  | "import"
  | "plot"
  | "measure"
  | "card"
  | null;
export type PlanTab =
  | "situation"
  | "zones"
  | "people"
  | "forces"
  | "compare"
  | "sources"
  | "file"
  | "tasks"
  | "calls"
  | "decisions"
  | "readings"
  | "log"
  | "reports";

export interface View {
  lon: number;
  lat: number;
  zoom: number;
}

/** A wish for the camera; the map grants it and the view follows. */
export type Camera =
  | { to: "place"; lon: number; lat: number; zoom?: number; jump?: boolean }
  | { to: "box"; west: number; south: number; east: number; north: number }
  | { to: "plan" }
  | { to: "site" };

export interface Notice {
  id: number;
  tone: "error" | "info" | "good";
  text: string;
}

/** What stands behind a number: shown when the number is pressed. */
export interface SourceNote {
  title: string;
  value: string;
  models: readonly string[];
  lines: readonly string[];
}
