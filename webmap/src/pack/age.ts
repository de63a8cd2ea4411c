/** How old a pack is, and whether this clock can tell. */
import type { Manifest } from "./manifest";

/** Whether a pack is past its date at a moment, ms. */
export function isExpired({ expires_at }: Pick<Manifest, "expires_at">, now: number): boolean {
  return expires_at !== null && Date.parse(expires_at) <= now;
}

/** A clock that stands before the pack was made cannot say whether the pack has expired. */
export function clockIsBehind({ made_at }: Pick<Manifest, "made_at">, now: number): boolean {
  return Date.parse(made_at) - now > 10 * 60_000;
}
