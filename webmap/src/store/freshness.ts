/** How old a position may be before it says so: half a minute, then a minute. */

export const LATE_S = 30;
export const STALE_S = 60;

export type Freshness = "fresh" | "late" | "stale";

export function freshness(age_s: number): Freshness {
  if (age_s > STALE_S) return "stale";
  return age_s > LATE_S ? "late" : "fresh";
}
