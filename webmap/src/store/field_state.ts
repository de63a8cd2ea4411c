/** What the field's page holds beside what every page holds: packs, the server, where one is. */
import type { Archive } from "../pack/archive";
import type { Form, PlansOnRecord } from "../pack/contents";
import type { Kept } from "../pack/kept";
import type { Pack } from "../pack/reader";

/** A pack whose contents the page shows. */
export interface OpenPack {
  pack: Pack;
  archives: readonly Archive[];
  forms: readonly Form[];
  plans: PlansOnRecord;
}

/** A pack signed by somebody this device does not know: a person must say yes or no. */
export interface Stranger {
  pack: Pack;
  file: Blob;
  fingerprint: string;
}

export interface Work {
  what: "check" | "copy" | "download";
  id: string | null;
  name: string;
  share: number;
  /** The server is out of reach, and is asked again by itself. */
  waiting: boolean;
}

/** The packs of this device. */
export interface Pocket {
  kept: readonly Kept[] | null;
  /** How many packs lie here that another person took along. */
  others: number;
  space: { used: number; quota: number } | null;
  work: Work | null;
  stranger: Stranger | null;
  /** The server signs with another key than it once did. */
  newKey: { key: string; site: string | null; fingerprint: string } | null;
}

export const emptyPocket: Pocket = {
  kept: null,
  others: 0,
  space: null,
  work: null,
  stranger: null,
  newKey: null,
};

export interface Here {
  lon: number;
  lat: number;
  accuracy_m: number;
  at: number;
}

export const SHEETS = ["search", "layers", "incident", "forms", "packs"] as const;
export type SheetName = (typeof SHEETS)[number];

export interface Field {
  /** What is shown: the server's own data, or a pack. They are never mixed on one page. */
  mode: "live" | "pack";
  server: "unknown" | "up" | "down";
  sheet: SheetName | null;
  here: Here | null;
  locating: boolean;
  /** Whether the page itself opens without the server; `newer` waits to take over. */
  build: "none" | "keeping" | "kept" | "newer";
}

export const noField: Field = {
  mode: "live",
  server: "unknown",
  sheet: null,
  here: null,
  locating: false,
  build: "none",
};
