/** A map symbol beside a row of text: the same drawing that the map shows. */
import { html, type TemplateResult } from "lit";
import type { Layer } from "../api/wire";
import { ownUri } from "../symbols/own";
import { SYMBOLS, sheetOf, symbolName } from "../symbols/symbols";

/** One sheet in the page for all of them: an image of its own for each row costs a millisecond each. */
function laySheet(): void {
  const parsed = new DOMParser().parseFromString(sheetOf("symbol-"), "image/svg+xml");
  document.body.prepend(document.importNode(parsed.documentElement, true));
}
laySheet();

export function symbol(layer: string, key?: string | null, size = 20): TemplateResult {
  return sign(symbolName(layer, key), size);
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
  return html`<svg class="symbol" aria-hidden="true" width=${size} height=${size}><use href="#symbol-${SYMBOLS.has(name) ? name : "feature"}"></use></svg>`;
}
