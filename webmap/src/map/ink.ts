/** The same drawing by night and by day: styles are written in night ink and dyed where it is day. */
import type { LayerSpecification } from "maplibre-gl";
import type { Look } from "../store/ground_state";
import { DAY_INK, INK } from "../symbols/palette";

const DYE: ReadonlyMap<string, string> = new Map(
  (Object.keys(INK) as (keyof typeof INK)[]).map((name) => [INK[name], DAY_INK[name]]),
);

/** Return the layers in the ink of a look. */
export function inked(look: Look, layers: LayerSpecification[]): LayerSpecification[] {
  if (look !== "light") return layers;
  return layers.map((layer) =>
    layer.paint ? ({ ...layer, paint: dyed(layer.paint) } as LayerSpecification) : layer,
  );
}

function dyed(value: unknown): unknown {
  if (typeof value === "string") return DYE.get(value) ?? value;
  if (Array.isArray(value)) return value.map(dyed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, dyed(part)]));
}
