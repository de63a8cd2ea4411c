/** How a layer of one's own looks: colour, symbol, label, and from which zoom. */
import { html, type TemplateResult } from "lit";
import type { Style } from "../store/planner";
import { OWN_COLOURS, OWN_SYMBOLS } from "../symbols/own";
import { t, word } from "../text/i18n";
import { ownSymbol } from "./symbol";

export function styleForm(
  style: Style,
  fields: readonly { name: string; title: string }[],
  change: (style: Style) => void,
): TemplateResult {
  return html`<div class="style-form">
    <div class="swatches" role="radiogroup" aria-label=${t("own.colour")}>${OWN_COLOURS.map(
      (
        color,
      ) => html`<button type="button" role="radio" aria-checked=${style.color === color} title=${color} aria-label=${color}
        @click=${() => change({ ...style, color })}>${ownSymbol("dot", color, 22)}</button>`,
    )}</div>
    <div class="swatches" role="radiogroup" aria-label=${t("own.symbol")}>${OWN_SYMBOLS.map(
      (
        symbol,
      ) => html`<button type="button" role="radio" aria-checked=${style.symbol === symbol} title=${word("own.symbol", symbol)} aria-label=${word("own.symbol", symbol)}
        @click=${() => change({ ...style, symbol })}>${ownSymbol(symbol, style.color, 22)}</button>`,
    )}</div>
    <label>${t("own.label")}<select name="label_field" @change=${(event: Event) => change({ ...style, label_field: (event.target as HTMLSelectElement).value || null })}>
      <option value="">${t("own.label.name")}</option>
      ${fields.map(({ name, title }) => html`<option value=${name} ?selected=${name === style.label_field}>${title}</option>`)}</select></label></div>`;
}
