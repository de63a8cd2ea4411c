/** The map's colours; the level colours mean level and nothing else. */

export const LEVELS = ["blue", "yellow", "orange", "red"] as const;
export type Level = (typeof LEVELS)[number];

export const LEVEL_COLOUR: Readonly<Record<Level, string>> = {
  red: "#e5343d",
  orange: "#ff8c1a",
  yellow: "#ffd23f",
  blue: "#2f80ed",
};

export const GRADE_COLOUR: Readonly<Record<string, string>> = {
  "1": LEVEL_COLOUR.red,
  "2": LEVEL_COLOUR.orange,
  "3": LEVEL_COLOUR.yellow,
  "4": LEVEL_COLOUR.blue,
};

export const INK = {
  ground: "#0d1525",
  halo: "#0b1220",
  water: "#0a2136",
  waterLine: "#123450",
  green: "#10221f",
  industry: "#141d33",
  building: "#1a2740",
  buildingLine: "#22314f",
  road: "#2c3d5a",
  roadMain: "#425a80",
  roadTop: "#5f79a8",
  rail: "#34435f",
  border: "#5a6f94",
  label: "#a9bad4",
  place: "#d5dfee",
  text: "#e6edf7",
  muted: "#8fa3bf",
  accent: "#38bdf8",
  good: "#34d399",
  target: "#c4b5fd",
  plant: "#b8c7dd",
  water_source: "#7dd3fc",
} as const;
