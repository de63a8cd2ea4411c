/** What a zone's line is called: a level of a scale by its name, else its kind in words. */
import { word } from "./i18n";

export function thresholdName(properties: Record<string, unknown>): string {
  const name = properties.threshold_name;
  return typeof name === "string" && name !== ""
    ? word("threshold", name)
    : word("hazard", String(properties.hazard));
}
