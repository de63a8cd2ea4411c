/** What a zone's line is called: a level of a scale by its name, else its kind in words. */
import { distance } from "./format";
import { word } from "./i18n";
import { writtenLevel } from "./unit";

export function thresholdName(properties: Record<string, unknown>): string {
  const name = properties.threshold_name;
  return typeof name === "string" && name !== ""
    ? writtenLevel(word("threshold", name))
    : word("hazard", String(properties.hazard));
}

/** How far a zone reaches; where it was cut, at least so far and unknown beyond. */
export function zoneReach(properties: Record<string, unknown>): string {
  const metres = properties.distance_m;
  const shown = distance(typeof metres === "number" ? metres : null);
  return typeof properties.cut === "string" && properties.cut !== "" ? `≥ ${shown}` : shown;
}
