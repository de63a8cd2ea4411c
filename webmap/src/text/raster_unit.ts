/** The unit of a raster's values as people write it. */
import { t } from "./i18n";
import { written } from "./unit";

/** Numbers of classes and colours: what they mean is said in words, not in a unit. */
const NONE: ReadonlySet<string> = new Set(["colour", "level", "model"]);

export function rasterUnit(unit: string | null): string {
  if (unit === null || NONE.has(unit)) return "";
  if (unit === "people") return t("unit.person");
  if (unit === "people/km2") return `${t("unit.person")}/km²`;
  return written(unit === "degree" ? "deg" : unit);
}
