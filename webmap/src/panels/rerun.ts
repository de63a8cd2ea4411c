/** The same incident once more with another wind, release, fuel, water level or model. */
import { html, nothing, type TemplateResult } from "lit";
import type { Incident } from "../api/wire";
import { assess } from "../store/incidents";
import { LEAKS, RELEASES_SUBSTANCE, windBody } from "../store/report";
import { activeIncident } from "../store/state";
import { t, word } from "../text/i18n";
import { behaves, behaviour, type Told, typed } from "./behaviour";
import { define, Panel } from "./panel";

/** Where a cloud drifts, its model and the swing of the wind can be chosen. */
const DRIFTS: ReadonlySet<string> = new Set(["toxic_release", "flash_fire"]);
const ENGINES = [
  "gaussian_plume",
  "finite_release",
  "gaussian_puff",
  "slab",
  "britter_mcquaid_plume",
  "britter_mcquaid_puff",
] as const;

class Rerun extends Panel {
  static override reads = ["incident", "incidents", "assessing"] as const;
  #speed: number | null = null;
  #from: number | null = null;
  #swing: number | null = null;
  #engine = "";
  #release: Told = {};

  protected override render(): TemplateResult | typeof nothing {
    const incident = activeIncident(this.state);
    if (!incident) return nothing;
    const busy = this.state.assessing.has(incident.id);
    return html`<form class="rerun" aria-label=${t("plan.rerun.title")} @submit=${(
      event: Event,
    ) => {
      event.preventDefault();
      void this.#again(incident);
    }}>
      <p class="hint">${t("plan.rerun.hint")}</p>
      ${incident.kind === "flood" ? nothing : this.#wind()}
      ${DRIFTS.has(incident.kind) ? this.#drift() : nothing}
      ${RELEASES_SUBSTANCE.has(incident.kind) ? this.#leak() : nothing}
      ${
        behaves(incident.kind)
          ? behaviour(incident.kind, this.#release, (release) => {
              this.#release = release;
              this.requestUpdate();
            })
          : nothing
      }
      <button class="primary" ?disabled=${busy}>${busy ? t("plan.assessing") : t("plan.rerun.go")}</button></form>`;
  }

  #wind(): TemplateResult {
    return html`<label>${t("report.wind.speed")}<input type="number" name="wind_speed" min="0" max="100" step="any" @change=${(
      event: Event,
    ) => {
      this.#speed = typed(event);
    }} /></label>
      <label>${t("report.wind.from")}<input type="number" name="wind_from" min="0" max="360" step="any" @change=${(
        event: Event,
      ) => {
        this.#from = typed(event);
      }} /></label>`;
  }

  #drift(): TemplateResult {
    return html`<label>${t("plan.rerun.swing")}<input type="number" name="wind_swing" min="0" max="180" step="any" @change=${(
      event: Event,
    ) => {
      this.#swing = typed(event);
    }} /></label>
      <label>${t("plan.rerun.engine")}<select name="engine" @change=${(event: Event) => {
        this.#engine = (event.target as HTMLSelectElement).value;
      }}><option value="">${t("plan.rerun.engine.rule")}</option>
        ${ENGINES.map((name) => html`<option value=${name}>${word("model", name)}</option>`)}</select></label>`;
  }

  #leak(): TemplateResult {
    return html`<label>${t("report.leak")}<select name="leak" @change=${(event: Event) => {
      const { value } = event.target as HTMLSelectElement;
      this.#release = value === "" ? {} : { leak: value };
    }}>
      <option value=""></option>${LEAKS.map((size) => html`<option value=${size}>${t(`report.leak.${size}`)}</option>`)}</select></label>`;
  }

  async #again(incident: Incident): Promise<void> {
    const swing = this.#swing === null ? {} : { wind_from_uncertainty_deg: this.#swing };
    const weather = { ...windBody(this.#speed, this.#from), ...swing };
    const done = await assess(incident.id, {
      ...(Object.keys(weather).length > 0 ? { weather } : {}),
      ...(Object.keys(this.#release).length > 0 ? { release: this.#release } : {}),
      ...(this.#engine ? { choices: { dispersion: this.#engine } } : {}),
    });
    if (done) this.dispatchEvent(new Event("done"));
  }
}

define("om-rerun", Rerun);
