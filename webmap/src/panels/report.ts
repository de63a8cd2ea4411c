import { html, nothing, type TemplateResult } from "lit";
import type { Substance, WireFeature } from "../api/wire";
import type { Draft } from "../store/draft";
import {
  cancelReport,
  chooseKind,
  editReport,
  fillFrom,
  LEAKS,
  NEAR_M,
  RELEASES_SUBSTANCE,
  sendReport,
} from "../store/report";
import { findSubstances } from "../store/substances";
import { distance, place, quantity } from "../text/format";
import { t, word } from "../text/i18n";
import { behaves, behaviour, told, typed } from "./behaviour";
import { define, Panel } from "./panel";
import { symbol } from "./symbol";

const KINDS = [
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

/** Take a report: a place and a substance are enough. */
class ReportForm extends Panel {
  static override reads = ["draft", "session"] as const;
  #substances: Substance[] = [];

  protected override render(): TemplateResult | typeof nothing {
    const { draft } = this.state;
    if (!draft) return nothing;
    return html`<form class="report" @submit=${(event: Event) => {
      event.preventDefault();
      void sendReport();
    }}>
      <h2>${t("report.title")}</h2>
      <fieldset><legend>${t("report.place")}</legend>
        <output class=${draft.lon === null ? "wanted" : "place"}>${draft.lon === null || draft.lat === null ? t("report.place.pick") : place(draft.lon, draft.lat)}</output>
        ${draft.lon === null ? nothing : html`<small>${t("report.place.move")}</small>`}
      </fieldset>
      ${draft.lon === null ? nothing : nearby(draft)}
      <label>${t("report.kind")}
        <select name="kind" .value=${draft.kind} @change=${(event: Event) => chooseKind((event.target as HTMLSelectElement).value)}>
          ${KINDS.map((kind) => html`<option value=${kind} ?selected=${kind === draft.kind}>${word("kind", kind)}</option>`)}
        </select></label>
      ${RELEASES_SUBSTANCE.has(draft.kind) ? html`${this.#substance(draft)}${leak(draft)}` : nothing}
      ${behaves(draft.kind) ? html`<fieldset class="pair">${behaviour(draft.kind, draft.release, (release) => editReport({ release }))}</fieldset>` : nothing}
      ${wind(draft)}
      <label>${t("report.name")}<input name="title" maxlength="120" .value=${draft.title} @input=${(event: Event) => editReport({ title: (event.target as HTMLInputElement).value })} /></label>
      <label class="check"><input type="checkbox" name="exercise" .checked=${draft.exercise} @change=${(event: Event) => editReport({ exercise: (event.target as HTMLInputElement).checked })} />${t("report.exercise")}</label>
      <footer><button type="button" @click=${cancelReport}>${t("report.cancel")}</button>
        <button class="primary" name="send" ?disabled=${draft.busy || draft.lon === null}>${draft.busy ? t("report.sending") : t("report.send")}</button></footer>
    </form>`;
  }

  #substance(draft: Draft): TemplateResult {
    return html`<label>${t("report.substance")}
      <input name="substance" list="substances" autocomplete="off" placeholder=${t("report.substance.placeholder")} .value=${draft.substance} @input=${(event: Event) => void this.#find(event)} />
      <datalist id="substances">${this.#substances.map((one) => html`<option value=${one.name}>${[one.name_en, one.cas, one.un && `UN ${one.un}`].filter(Boolean).join(" · ")}</option>`)}</datalist>
      <small>${t("report.substance.unknown")}</small></label>`;
  }

  async #find(event: Event): Promise<void> {
    const { value } = event.target as HTMLInputElement;
    editReport({ substance: value, near: null });
    this.#substances = await findSubstances(value);
    this.requestUpdate();
  }
}

function nearby(draft: Draft): TemplateResult {
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

function leak(draft: Draft): TemplateResult {
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

function wind(draft: Draft): TemplateResult {
  return html`<fieldset><legend>${t("report.wind")}</legend><div class="pair">
    <label>${t("report.wind.speed")}<input type="number" name="wind_speed" min="0" max="100" step="any" placeholder=${t("report.wind.unknown")} .value=${String(draft.windSpeed ?? "")} @change=${(event: Event) => editReport({ windSpeed: typed(event) })} /></label>
    <label>${t("report.wind.from")}<input type="number" name="wind_from" min="0" max="360" step="any" placeholder=${t("report.wind.unknown")} .value=${String(draft.windFrom ?? "")} @change=${(event: Event) => editReport({ windFrom: typed(event) })} /></label>
  </div></fieldset>`;
}

define("om-report", ReportForm);
