/** A map symbol beside a row of text: the same drawing that the map shows. */
import { html, type TemplateResult } from "lit";
import type { Layer } from "../api/wire";
import { ownUri } from "../symbols/own";
import { dataUri, symbolName } from "../symbols/symbols";

export function symbol(layer: string, key?: string | null, size = 20): TemplateResult {
  return html`<img class="symbol" alt="" width=${size} height=${size} src=${dataUri(symbolName(layer, key), size)} />`;
}

export function ownSymbol(shape: string, colour: string, size = 20): TemplateResult {
  return html`<img class="symbol" alt="" width=${size} height=${size} src=${ownUri(shape, colour, size)} />`;
}

/** The symbol of a layer: by its own style where a person gave it one. */
export function layerSymbol(layer: Layer, size = 20): TemplateResult {
  const { style } = layer;
  if (!layer.user) return symbol(layer.name, null, size);
  return ownSymbol(style?.symbol ?? "dot", style?.color ?? "", size);
}

/** A drawing by its own name, where it stands for no layer. */
export function sign(name: string, size = 20): TemplateResult {
  return html`<img class="symbol" alt="" width=${size} height=${size} src=${dataUri(name, size)} />`;
}
