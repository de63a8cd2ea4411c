/** What instruments at the scene say: given here, listed here, judged against the plan's thresholds. */
import { html, nothing, type TemplateResult } from "lit";
import type { ReadingRow } from "../api/readings";
import type { Incident } from "../api/wire";
import { fly } from "../store/browse";
import { giveReading } from "../store/readings";
import { ago, clock, quantity } from "../text/format";
import { has, phrase, t, word } from "../text/i18n";
import { localInput, typedMoment } from "../text/local_time";
import { typed } from "./behaviour";
import { IncidentPart } from "./incident_part";
import { siteTime } from "./intake_parts";
import { define } from "./panel";
import { level } from "./parts";
import { type Placed, placed } from "./placed";

/** What can be read, each with the units in which instruments say it; the last two are weather. */
const QUANTITIES: Readonly<Record<string, readonly string[]>> = {
  concentration: ["ppm", "mg/m3", "ppb", "ug/m3", "%vol", "%LEL"],
  heat_flux: ["kW/m2", "W/m2"],
  overpressure: ["kPa", "Pa", "mbar"],
  wind_speed: ["m/s"],
  wind_from: ["deg"],
};
const WEATHER: ReadonlySet<string> = new Set(["wind_speed", "wind_from"]);

class Readings extends IncidentPart {
  static override parts = ["readings", "proposals"] as const;
  #quantity = "concentration";
  #unit = "ppm";
  #value: number | null = null;
  #instrument = "";
  #when = "";
  #at: Placed | null = null;
  #busy = false;

  protected override begin(): void {
    this.#value = null;
    this.#at = null;
    this.#when = "";
  }

  protected override render(): TemplateResult | typeof nothing {
    const { shown } = this;
    if (!shown) return nothing;
    const held = this.state.duty.readings[shown.id];
    const rows = [...(held ?? [])].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
    return html`${this.may("incidents.report") && shown.status !== "closed" ? this.#form(shown) : nothing}
      ${held === undefined ? html`<p class="hint">${t("desk.reading")}</p>` : nothing}
      ${held?.length === 0 ? html`<p class="hint">${t("reading.none")}</p>` : nothing}
      <ol class="readings" aria-label=${t("plan.readings")}>${rows.map((one) => this.#row(one))}</ol>`;
  }

  #row(one: ReadingRow): TemplateResult {
    const { judged } = one;
    const now = this.state.now + this.state.skew_ms;
    return html`<li class="reading ${judged?.outside ? "outside" : ""}">
      <button type="button" class="row" @click=${() => fly({ to: "place", lon: one.lon, lat: one.lat, zoom: 16 })}>
        ${judged?.level ? level(judged.level) : nothing}
        <span class="name"><b>${quantity(one.value, one.unit)}</b> ${named(one.quantity)}<small>${[one.substance, one.instrument, one.station, one.given_by].filter(Boolean).join(" · ")}</small></span>
        <small>${clock(Date.parse(one.at))}<br />${ago((now - Date.parse(one.at)) / 1000)}</small></button>
      ${judged?.outside ? html`<p class="warning">${t("reading.beyond_zone", { threshold: judged.threshold_name ?? quantity(judged.threshold, judged.threshold_unit) })}</p>` : nothing}
      ${judged?.formula?.text ? html`<small class="hint">${judged.formula.text}</small>` : nothing}
      ${one.late ? html`<p class="warning">${t("reading.late")}</p>` : nothing}</li>`;
  }

  #form(incident: Incident): TemplateResult {
    const units = QUANTITIES[this.#quantity] ?? [];
    return html`<form class="reading-form" @submit=${(event: Event) => void this.#give(event, incident)}>
      <div class="pair"><label>${t("reading.quantity")}<select name="quantity" @change=${(event: Event) => this.#choose((event.target as HTMLSelectElement).value)}>
        ${Object.keys(QUANTITIES).map((one) => html`<option value=${one} ?selected=${one === this.#quantity}>${named(one)}</option>`)}</select></label>
      <label>${t("reading.value")}<span class="with-unit"><input type="number" name="value" step="any" required .value=${String(this.#value ?? "")} @input=${(
        event: Event,
      ) => {
        this.#value = typed(event);
      }} />
        <select name="unit" aria-label=${t("reading.unit")} @change=${(event: Event) => {
          this.#unit = (event.target as HTMLSelectElement).value;
        }}>${units.map((unit) => html`<option ?selected=${unit === this.#unit}>${unit}</option>`)}</select></span></label>
      <label>${t("reading.instrument")}<input name="instrument" maxlength="100" .value=${this.#instrument} @input=${(
        event: Event,
      ) => {
        this.#instrument = (event.target as HTMLInputElement).value;
      }} /></label>
      <label>${t("reading.at")}<input type="datetime-local" step="1" name="at" .value=${localInput(this.#when || this.#now())} @change=${(
        event: Event,
      ) => {
        const { value } = event.target as HTMLInputElement;
        this.#when = typedMoment(value);
      }} /></label></div>${siteTime()}
      ${placed(this.#at, (at) => {
        this.#at = at;
        this.requestUpdate();
      })}
      <button class="primary wide" name="give" ?disabled=${this.#busy || this.#at === null}>${this.#at === null ? t("reading.wants.place") : t("reading.give")}</button></form>`;
  }

  /** To the minute, so that the field is not written anew each second. */
  #now(): string {
    const minute = Math.floor((this.state.now + this.state.skew_ms) / 60_000) * 60_000;
    return new Date(minute).toISOString();
  }

  #choose(quantity: string): void {
    this.#quantity = quantity;
    this.#unit = QUANTITIES[quantity]?.[0] ?? "";
    this.requestUpdate();
  }

  async #give(event: Event, incident: Incident): Promise<void> {
    event.preventDefault();
    if (this.#value === null || !this.#at || this.#busy) return;
    this.#busy = true;
    this.requestUpdate();
    const done = await giveReading(incident.id, {
      kind: WEATHER.has(this.#quantity) ? "weather" : "reading",
      quantity: this.#quantity,
      value: this.#value,
      unit: this.#unit,
      at: this.#when || new Date(Date.now() + this.state.skew_ms).toISOString(),
      ...(this.#instrument.trim() ? { instrument: this.#instrument.trim() } : {}),
      ...this.#at,
    });
    this.#busy = false;
    if (done) {
      this.#value = null;
      this.#when = "";
    }
    this.requestUpdate();
  }
}

function named(quantity: string): string {
  return has(`reading.of.${quantity}`)
    ? phrase(`reading.of.${quantity}`, {})
    : word("weather", quantity);
}

define("om-readings", Readings);
