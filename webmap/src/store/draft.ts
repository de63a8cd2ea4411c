/** A report of an incident while it is being written. */
import type { WireFeature } from "../api/wire";

export interface Draft {
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
  busy: boolean;
}
