/** What was found: a table for each layer, and its export. */
import { html, nothing, type TemplateResult } from "lit";
import type { Found } from "../api/queries";
import type { Layer, WireFeature } from "../api/wire";
import { closeFound, moreFound, openFeature, showFound } from "../store/asking";
import { layerNamed } from "../store/state";
import { count, distance, quantity } from "../text/format";
import { nameOf, t, word } from "../text/i18n";
import "./export";
import { ICONS } from "./icons";
import { define, Panel } from "./panel";
import { layerSymbol, symbol } from "./symbol";

/** Shown in columns of their own, or of no use in a table. */
const APART = new Set(["name", "name_en", "candidate", "region", "source", "source_date"]);
const COLUMNS = 3;

class Results extends Panel {
  static override reads = ["asking", "layers", "focus", "session"] as const;

  protected override render(): TemplateResult | typeof nothing {
    const { found, shown } = this.state.asking;
    if (!found) return nothing;
    const names = this.state.layers
      .map(({ name }) => name)
      .filter((name) => (found[name]?.features.length ?? 0) > 0);
    const all = names.reduce((sum, name) => sum + totalOf(found[name]), 0);
    const layer = shown ? layerNamed(this.state, shown) : null;
    return html`<header class="tool-head"><h2>${t("results.title", { count: count(all) })}</h2>
        <button class="ghost" aria-label=${t("card.close")} @click=${closeFound}>${ICONS.close}</button></header>
      ${names.length === 0 ? html`<p class="hint">${t("results.none")}</p>` : nothing}
      <div class="result-tabs" role="tablist">${names.map((name) => this.#tab(name, found[name]))}</div>
      ${layer && shown ? this.#table(layer, found[shown]) : nothing}`;
  }

  #tab(name: string, found: Found | undefined): TemplateResult {
    const layer = layerNamed(this.state, name);
    return html`<button role="tab" data-found=${name} aria-selected=${name === this.state.asking.shown} @click=${() => showFound(name)}>
      ${layer ? layerSymbol(layer, 18) : symbol(name)} ${layer?.title ?? name} <b>${count(totalOf(found))}${found?.next_cursor && found.total === null ? "+" : ""}</b></button>`;
  }

  #table(layer: Layer, found: Found | undefined): TemplateResult | typeof nothing {
    if (!found) return nothing;
    const away = found.features.some((one) => typeof one.properties.distance_m === "number");
    const columns = layer.fields
      .filter(({ name }) => !APART.has(name) && !name.endsWith("_id"))
      .filter(({ name }) => found.features.some(({ properties }) => isFilled(properties[name])))
      .slice(0, COLUMNS);
    return html`<om-export .layer=${layer.name}></om-export>
      <div class="scroll"><table class="found"><thead><tr><th>${t("results.name")}</th>${away ? html`<th>${t("results.distance")}</th>` : nothing}
        ${columns.map(({ name, title }) => html`<th>${title ?? name}</th>`)}</tr></thead>
      <tbody>${found.features.map((one) => this.#row(layer, one, away, columns))}</tbody></table></div>
      ${found.next_cursor === null ? nothing : html`<button class="wide" name="more" @click=${() => void moreFound(layer.name)}>${t("list.more")}</button>`}`;
  }

  #row(
    layer: Layer,
    feature: WireFeature,
    away: boolean,
    columns: Layer["fields"],
  ): TemplateResult {
    const { properties } = feature;
    const focused = this.state.focus?.id === feature.id;
    return html`<tr class=${focused ? "focused" : ""}><td><button class="link-button" @click=${() => openFeature(layer.name, feature)}>${nameOf(properties) ?? t("card.unnamed")}</button></td>
      ${away ? html`<td class="away">${distance(Number(properties.distance_m))}${bearing(properties.bearing_deg)}</td>` : nothing}
      ${columns.map(({ name, unit, domain }) => {
        const value = properties[name];
        const known = domain?.find((entry) => entry.value === String(value))?.title;
        return html`<td>${known ?? quantity(value, unit)}</td>`;
      })}</tr>`;
  }
}

const isFilled = (value: unknown): boolean => value !== null && value !== undefined && value !== "";

function totalOf(found: Found | undefined): number {
  return found ? (found.total ?? found.features.length) : 0;
}

const POINTS = ["n", "ne", "e", "se", "s", "sw", "w", "nw"];

/** "NE" as a word, with an arrow that shows it. */
function bearing(degrees: unknown): TemplateResult | typeof nothing {
  if (typeof degrees !== "number") return nothing;
  const point = POINTS[Math.round((((degrees % 360) + 360) % 360) / 45) % 8] ?? "n";
  return html` <small title="${Math.round(degrees)}°">${word("bearing", point)}</small>`;
}

define("om-results", Results);
