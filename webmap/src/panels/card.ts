import { html, nothing, type TemplateResult } from "lit";
import type { FeatureCard, Layer, WireFeature } from "../api/wire";
import { closeCard } from "../store/browse";
import { openDossier } from "../store/dossier";
import { beginReport, editReport, fillFrom } from "../store/report";
import { layerNamed, mayReport } from "../store/state";
import { count, place, quantity } from "../text/format";
import { t, word } from "../text/i18n";
import { ICONS } from "./icons";
import { define, Panel } from "./panel";
import { symbol } from "./symbol";

/** Shown as the heading or below the fields, or of no use to a person. */
const APART = new Set(["name", "name_en", "candidate", "source", "source_date"]);

/** One feature with its fields, titled as the catalogue names them. */
class Card extends Panel {
  static override reads = ["card", "layers", "session"] as const;

  protected override render(): TemplateResult | typeof nothing {
    const { card } = this.state;
    if (!card) return nothing;
    const layer = layerNamed(this.state, card.layer);
    if (!card.shown) return html`<p class="hint">${t("card.loading")}</p>`;
    const { feature } = card.shown;
    const { properties } = feature;
    const names = [properties.name ?? properties.title, properties.name_en].filter(
      (name) => typeof name === "string",
    );
    const [first, second] = this.state.language === "en" ? names.reverse() : names;
    return html`<header class="card-head">
        ${symbol(card.layer, String(properties.grade ?? properties.kind ?? ""), 28)}
        <div><h2>${first ?? t("card.unnamed")}</h2>${second && second !== first ? html`<small>${second}</small>` : nothing}
          <small>${layer?.title ?? card.layer}</small></div>
        <button class="ghost" aria-label=${t("card.close")} @click=${closeCard}>${ICONS.close}</button>
      </header>
      ${properties.candidate === true ? html`<p class="badge">${t("card.candidate")}</p>` : nothing}
      ${fieldList(layer, feature, card.shown.kept)}
      ${contacts(card.shown.contacts)}
      ${stock(card.shown.stock)}
      ${vehicles(card.shown.vehicles)}
      ${dossierLink(card.layer, feature)}
      ${mayReport(this.state) ? html`<button class="primary wide" @click=${() => reportAt(feature)}>${t("card.report")}</button>` : nothing}`;
  }
}

/** Every field that is filled, titled as the catalogue names it. */
export function fieldList(
  layer: Layer | null,
  feature: WireFeature,
  kept: FeatureCard["kept"],
): TemplateResult {
  const rows = (layer?.fields ?? [])
    .filter(({ name }) => !APART.has(name) && !name.endsWith("_id"))
    .map((field) => {
      const value = feature.properties[field.name];
      const known = field.domain?.find((entry) => entry.value === String(value))?.title;
      return {
        title: field.title ?? field.name,
        shown: known ?? quantity(value, field.unit),
        empty: value === null || value === undefined || value === "",
        from: fieldSource(kept, field.name),
      };
    });
  const filled = rows.filter((row) => !row.empty);
  const at = anchor(feature);
  if (filled.length === 0 && !at) return html`<p class="hint">${t("card.nothing")}</p>`;
  return html`<dl class="fields">${filled.map((row) => html`<dt>${row.title}</dt><dd>${row.shown}${row.from ? html`<small class="from">${row.from}</small>` : nothing}</dd>`)}
      ${at ? html`<dt>${t("card.place")}</dt><dd>${place(at[0], at[1])}</dd>` : nothing}</dl>${provenance(feature, kept)}`;
}

/** Who says so, of what date, and whether that is longer ago than the layer allows. */
function provenance(
  { properties }: WireFeature,
  kept: FeatureCard["kept"],
): TemplateResult | typeof nothing {
  const { source, source_date } = properties;
  const said = [
    typeof source === "string" ? source : "",
    typeof source_date === "string" ? source_date : "",
    kept && typeof kept.age_days === "number" ? t("card.age", { days: kept.age_days }) : "",
  ].filter(Boolean);
  if (said.length === 0) return nothing;
  return html`<p class="provenance">${t("card.source")} ${said.join(" · ")} ${kept?.stale ? html`<span class="stale">${t("card.stale")}</span>` : nothing}</p>`;
}

/** Where a field's value comes from, where that is another source than the row's. */
function fieldSource(kept: FeatureCard["kept"], field: string): string | null {
  const own = kept?.field_sources[field];
  return own ? [own.source, own.date].filter(Boolean).join(" · ") || null : null;
}

/** The file of an enterprise or a park, from its own card or from that of what it holds. */
function dossierLink(layer: string, feature: WireFeature): TemplateResult | typeof nothing {
  const enterprise = layer === "enterprise" ? feature.id : feature.properties.enterprise_id;
  const kind = layer === "park" ? "park" : "enterprise";
  const id = layer === "park" ? feature.id : enterprise;
  if (typeof id !== "string" || location.pathname !== "/planner") return nothing;
  return html`<button class="wide" name="dossier" @click=${() => void openDossier(kind, id)}>${t(`dossier.open.${kind}`)}</button>`;
}

export function contacts(people: FeatureCard["contacts"]): TemplateResult | typeof nothing {
  if (people.length === 0) return nothing;
  return html`<h3>${t("card.contacts")}</h3><ul class="contacts">
    ${people.map((person) => html`<li><span>${person.name ?? ""} ${person.post ? html`<small>${person.post}</small>` : nothing}</span><b>${person.phone ?? t("calls.nophone")}</b></li>`)}</ul>`;
}

function vehicles(list: FeatureCard["vehicles"]): TemplateResult | typeof nothing {
  if (list.length === 0) return nothing;
  return html`<h3>${word("card", "vehicles")}</h3><dl class="fields">
    ${list.map((one) => html`<dt>${one.kind}</dt><dd>${count(one.count)} ${one.plate ?? ""}</dd>`)}</dl>`;
}

function stock(items: FeatureCard["stock"]): TemplateResult | typeof nothing {
  if (items.length === 0) return nothing;
  return html`<h3>${t("card.stock")}</h3><dl class="fields">
    ${items.map((item) => html`<dt>${item.item}</dt><dd>${quantity(item.quantity, item.unit)}</dd>`)}</dl>`;
}

/** A position of the feature: the point itself, else the middle of its box. */
function anchor({ geometry }: WireFeature): [number, number] | null {
  if (!geometry || geometry.type === "GeometryCollection") return null;
  const flat = (geometry.coordinates as unknown[]).flat(Number.POSITIVE_INFINITY as 1) as number[];
  const middle = (axis: number): number => {
    const values = flat.filter((_, index) => index % 2 === axis);
    const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    return (low + values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)) / 2;
  };
  return flat.length < 2 ? null : [middle(0), middle(1)];
}

function reportAt(feature: WireFeature): void {
  const at = anchor(feature);
  if (!at) return;
  beginReport({ lon: at[0], lat: at[1] });
  const own = { ...feature, properties: { ...feature.properties } };
  editReport({ near: own });
  if (feature.properties.layer === "hazard_source") fillFrom(own);
}

define("om-card", Card);
