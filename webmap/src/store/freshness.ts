/** How old a position may be before it says so: twenty seconds, then half a minute. */

export const LATE_S = 20;
export const STALE_S = 30;

export type Freshness = "fresh" | "late" | "stale";

export function freshness(age_s: number): Freshness {
  if (age_s > STALE_S) return "stale";
  return age_s > LATE_S ? "late" : "fresh";
}
