/** What every form for a report asks: kind, what is on record nearby, the leak, the wind. */
import { html, nothing, type TemplateResult } from "lit";
import type { WireFeature } from "../api/wire";
import type { Draft } from "../store/draft";
import { editReport, fillFrom, LEAKS, NEAR_M } from "../store/report";
import { distance, quantity } from "../text/format";
import { t } from "../text/i18n";
import { told, typed } from "./behaviour";
import { symbol } from "./symbol";

export const KINDS = [
  "toxic_release",
  "pool_fire",
  "jet_fire",
  "flash_fire",
  "fireball",
  "explosion",
  "forest_fire",
  "flood",
  "earthquake",
  "landslide",
  "tailings",
  "mine",
  "dust",
  "other",
];
export const RELEASE_FIELDS = [
  "mass_kg",
  "rate_kg_s",
  "duration_s",
  "hole_diameter_m",
  "pressure_pa",
  "temperature_k",
  "level_m",
  "pool_diameter_m",
  "height_m",
] as const;

export function nearby(draft: Draft): TemplateResult {
  const sources = draft.nearby.filter((feature) => feature.properties.layer === "hazard_source");
  if (sources.length === 0)
    return html`<small class="hint">${t("report.near.none", { radius: distance(NEAR_M) })}</small>`;
  return html`<fieldset><legend>${t("report.near")}</legend>
    <ul class="choices">${sources.slice(0, 5).map((feature) => choice(feature, draft))}</ul>
    ${draft.near ? html`<small>${t("report.near.filled", { name: String(draft.near.properties.name ?? "") })}</small>` : nothing}</fieldset>`;
}

function choice(feature: WireFeature, draft: Draft): TemplateResult {
  const { properties } = feature;
  const away = properties.distance_m;
  return html`<li><button type="button" class="row" aria-pressed=${draft.near?.id === feature.id} @click=${() => fillFrom(feature)}>
    ${symbol("hazard_source", String(properties.grade ?? ""))}
    <span class="name">${quantity(properties.name)}<small>${[properties.substance, typeof properties.quantity_t === "number" ? quantity(properties.quantity_t, "t") : null].filter(Boolean).join(" · ")}</small></span>
    <small>${typeof away === "number" ? distance(away) : ""}</small></button></li>`;
}

export function leak(draft: Draft): TemplateResult {
  return html`<fieldset><legend>${t("report.leak")}</legend>
    <div class="four">${LEAKS.map(
      (size) => html`<button type="button" name=${size} aria-pressed=${draft.leak === size}
      @click=${() => editReport({ leak: draft.leak === size ? null : size })}>${t(`report.leak.${size}`)}</button>`,
    )}</div>
    <details><summary>${t("report.exact")}</summary><div class="exact">${RELEASE_FIELDS.map(
      (field) => html`<label>${t(`release.${field}`)}
      <input type="number" step="any" name=${field} placeholder=${onRecord(draft, field)} .value=${String(draft.release[field] ?? "")} @change=${(event: Event) => editReport({ release: told(draft.release, field, typed(event)) })} /></label>`,
    )}</div></details>
  </fieldset>`;
}

/** What the tank's record says, shown where nothing was typed. */
function onRecord(draft: Draft, field: string): string {
  const value = draft.near?.properties[field];
  return value === null || value === undefined ? "" : quantity(value);
}

export function wind(draft: Draft): TemplateResult {
  return html`<fieldset><legend>${t("report.wind")}</legend><div class="pair">
    <label>${t("report.wind.speed")}<input type="number" name="wind_speed" min="0" max="100" step="any" placeholder=${t("report.wind.unknown")} .value=${String(draft.windSpeed ?? "")} @change=${(event: Event) => editReport({ windSpeed: typed(event) })} /></label>
    <label>${t("report.wind.from")}<input type="number" name="wind_from" min="0" max="360" step="any" placeholder=${t("report.wind.unknown")} .value=${String(draft.windFrom ?? "")} @change=${(event: Event) => editReport({ windFrom: typed(event) })} /></label>
  </div></fieldset>`;
}
