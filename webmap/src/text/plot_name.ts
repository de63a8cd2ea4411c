/** What a plot is called. */
import { word } from "./i18n";

interface Named {
  kind: string;
  properties: Readonly<Record<string, unknown>>;
}

/** Its label, else what its look means. */
export function nameOfPlot(plot: Named): string {
  const { label, text } = plot.properties;
  for (const own of [label, text]) if (typeof own === "string" && own !== "") return own;
  return nameOfLook(plot);
}

/** What its look means: its sign, else its kind. */
export function nameOfLook({ kind, properties }: Named): string {
  const { symbol, cordon } = properties;
  if (kind === "point" && typeof symbol === "string") return word("plot.sign", symbol);
  if (kind === "cordon") return word("plot.cordon", typeof cordon === "string" ? cordon : "warm");
  return word("plot.kind", kind);
}
