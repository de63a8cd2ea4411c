/** A report of an incident while it is being written. */
import type { WireFeature } from "../api/wire";

export const HARMED = [
  "dead",
  "missing",
  "serious",
  "poisoned",
  "trapped",
  "in_danger",
  "evacuated",
] as const;
export type Harmed = (typeof HARMED)[number];

/** What a caller tells beside what the plan is computed from. */
export interface Told {
  caller: string;
  phone: string;
  unit: string;
  channel: string;
  /** When the call came, RFC 3339; empty until the form is shown. */
  received: string;
  /** When it happened, where that is another moment. */
  occurred: string;
  /** The place in the caller's words. */
  address: string;
  harmed: Readonly<Partial<Record<Harmed, number>>>;
  loss_yuan: number | null;
  course: string;
  measures: string;
  requests: string;
  /** Who leads at the scene. */
  leaders: string;
  /** "yes", "no", or empty: nobody has looked. */
  important_place: string;
  serious_pollution: string;
  site_name: string;
  site_phone: string;
  /** The officer's own choices; empty is not set. Four ladders that share nothing but numerals. */
  grade: string;
  response: string;
  warning: string;
}

export const nothingTold: Told = {
  caller: "",
  phone: "",
  unit: "",
  channel: "phone",
  received: "",
  occurred: "",
  address: "",
  harmed: {},
  loss_yuan: null,
  course: "",
  measures: "",
  requests: "",
  leaders: "",
  important_place: "",
  serious_pollution: "",
  site_name: "",
  site_phone: "",
  grade: "",
  response: "",
  warning: "",
};

export interface Draft {
  /** The incident's name before the server knows of it: sent twice it is stored once. */
  id: string;
  lon: number | null;
  lat: number | null;
  kind: string;
  substance: string;
  title: string;
  leak: "small" | "medium" | "large" | "rupture" | null;
  release: Record<string, number | string>;
  windSpeed: number | null;
  windFrom: number | null;
  exercise: boolean;
  /** The record from which substance and tank were filled in. */
  near: WireFeature | null;
  nearby: readonly WireFeature[];
  told: Told;
  /** When it was last kept on this device, ms; null where nothing was typed yet or it could not be. */
  kept: number | null;
  busy: boolean;
}
