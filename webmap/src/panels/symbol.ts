/** A map symbol beside a row of text: the same drawing that the map shows. */
import { html, type TemplateResult } from "lit";
import { dataUri, symbolName } from "../symbols/symbols";

export function symbol(layer: string, key?: string | null, size = 20): TemplateResult {
  return html`<img class="symbol" alt="" width=${size} height=${size} src=${dataUri(symbolName(layer, key), size)} />`;
}
