import { html, nothing, type TemplateResult } from "lit";
import type { Layer, WireFeature } from "../api/wire";
import { closeCard } from "../store/browse";
import { beginReport, fillFrom, editReport } from "../store/report";
import { layerNamed, may } from "../store/state";
import { place, quantity } from "../text/format";
import { t } from "../text/i18n";
import { define, Panel } from "./panel";
import { symbol } from "./symbol";

/** Shown as the heading, or of no use to a person. */
const APART = new Set(["name", "name_en", "candidate"]);

/** One feature with its fields, titled as the catalogue names them. */
class Card extends Panel {
  static override reads = ["card", "layers", "session"] as const;

  protected override render(): TemplateResult | typeof nothing {
    const { card } = this.state;
    if (!card) return nothing;
    const layer = layerNamed(this.state, card.layer);
    if (!card.feature) return html`<p class="hint">${t("card.loading")}</p>`;
    const { properties } = card.feature;
    const names = [properties["name"], properties["name_en"]].filter((name) => typeof name === "string");
    const [first, second] = this.state.language === "en" ? names.reverse() : names;
    return html`<header class="card-head">
        ${symbol(card.layer, String(properties["grade"] ?? properties["kind"] ?? ""), 28)}
        <div><h2>${first ?? t("card.unnamed")}</h2>${second && second !== first ? html`<small>${second}</small>` : nothing}
          <small>${layer?.title ?? card.layer}</small></div>
        <button class="ghost" aria-label=${t("card.close")} @click=${closeCard}>✕</button>
      </header>
      ${properties["candidate"] === true ? html`<p class="badge">${t("card.candidate")}</p>` : nothing}
      ${this.#fields(layer, card.feature)}
      ${contacts(properties["contacts"])}
      ${stock(properties["stock"])}
      ${may(this.state, "incidents.report") ? html`<button class="primary wide" @click=${() => reportAt(card.feature)}>${t("card.report")}</button>` : nothing}`;
  }

  #fields(layer: Layer | null, feature: WireFeature): TemplateResult {
    const rows = (layer?.fields ?? [])
      .filter(({ name }) => !APART.has(name))
      .map((field) => {
        const value = feature.properties[field.name];
        const known = field.domain?.find((entry) => entry.value === String(value))?.title;
        return { title: field.title ?? field.name, shown: known ?? quantity(value, field.unit), empty: value === null || value === undefined || value === "" };
      });
    const filled = rows.filter((row) => !row.empty);
    const at = anchor(feature);
    if (filled.length === 0 && !at) return html`<p class="hint">${t("card.nothing")}</p>`;
    return html`<dl class="fields">${filled.map((row) => html`<dt>${row.title}</dt><dd>${row.shown}</dd>`)}
      ${at ? html`<dt>${t("report.place")}</dt><dd>${place(at[0], at[1])}</dd>` : nothing}</dl>`;
  }
}

function entries(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "object" && entry !== null) : [];
}

function contacts(value: unknown): TemplateResult | typeof nothing {
  const people = entries(value);
  if (people.length === 0) return nothing;
  return html`<h3>${t("card.contacts")}</h3><ul class="contacts">
    ${people.map((person) => html`<li><span>${quantity(person["name"])} ${person["post"] ? html`<small>${quantity(person["post"])}</small>` : nothing}</span><b>${quantity(person["phone"])}</b></li>`)}</ul>`;
}

function stock(value: unknown): TemplateResult | typeof nothing {
  const items = entries(value);
  if (items.length === 0) return nothing;
  return html`<h3>${t("card.stock")}</h3><dl class="fields">
    ${items.map((item) => html`<dt>${quantity(item["item"])}</dt><dd>${quantity(item["quantity"], String(item["unit"] ?? ""))}</dd>`)}</dl>`;
}

/** A position of the feature: the point itself, or the first vertex's box middle. */
function anchor(feature: WireFeature): [number, number] | null {
  const { geometry } = feature;
  if (!geometry || geometry.type === "GeometryCollection") return null;
  const flat = (geometry.coordinates as unknown[]).flat(Number.POSITIVE_INFINITY as 1) as number[];
  const [lon, lat] = flat;
  if (geometry.type === "Point") return lon === undefined || lat === undefined ? null : [lon, lat];
  const lons = flat.filter((_, index) => index % 2 === 0);
  const lats = flat.filter((_, index) => index % 2 === 1);
  return [(Math.min(...lons) + Math.max(...lons)) / 2, (Math.min(...lats) + Math.max(...lats)) / 2];
}

function reportAt(feature: WireFeature | null): void {
  const at = feature && anchor(feature);
  if (!feature || !at) return;
  beginReport({ lon: at[0], lat: at[1] });
  const own = { ...feature, properties: { ...feature.properties } };
  editReport({ near: own });
  if (feature.properties["layer"] === "hazard_source") fillFrom(own);
}

define("om-card", Card);
