/** Correct what was reported: what, to what, and why; nothing of before is lost. */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { IncidentFile } from "../api/incident_file";
import type { Substance } from "../api/wire";
import { type Correcting, correctionBody, one, opened, rebased } from "../store/correcting";
import { correct } from "../store/incident_file";
import { may } from "../store/state";
import { findSubstances } from "../store/substances";
import { t, word } from "../text/i18n";
import { typed } from "./behaviour";
import { channel, harmed, moments, more, risks, who } from "./intake_parts";
import { define, Panel } from "./panel";
import { placed } from "./placed";
import { releaseFields } from "./release_parts";
import { KINDS } from "./report_parts";

const value = (event: Event): string => (event.target as HTMLInputElement).value;

class Correction extends Panel {
  static override reads = ["session"] as const;
  static override properties = { file: { attribute: false } };
  declare file: IncidentFile;
  #was: Correcting | null = null;
  #now: Correcting | null = null;
  #substances: readonly Substance[] = [];
  #why = "";
  #busy = false;

  /** Somebody else may correct it at the same time: what was typed here stays. */
  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("file")) return;
    const before = changed.get("file") as IncidentFile | undefined;
    const kept = this.#was && this.#now && before?.id === this.file.id;
    this.#now = kept ? rebased(this.#was as Correcting, this.#now as Correcting, this.file) : null;
    this.#was = opened(this.file);
    this.#now ??= this.#was;
  }

  #edit = (patch: Partial<Correcting>): void => {
    if (this.#now) this.#now = { ...this.#now, ...patch };
    this.requestUpdate();
  };

  protected override render(): TemplateResult | typeof nothing {
    const now = this.#now;
    if (!now) return nothing;
    const contact = may(this.state, "contacts.read");
    return html`<form class="correction" @submit=${(event: Event) => void this.#send(event)}>
      <label>${t("report.kind")}<select name="kind" @change=${(event: Event) => this.#edit({ kind: value(event) })}>${KINDS.map((kind) => html`<option value=${kind} ?selected=${kind === now.kind}>${word("kind", kind)}</option>`)}</select></label>
      <label>${t("report.substance")}<input name="substance" list="correct-substances" maxlength="120" autocomplete="off" .value=${now.substance} @input=${(event: Event) => void this.#find(event)} />
        <datalist id="correct-substances">${this.#substances.map((each) => html`<option value=${each.name}>${[each.name_en, each.cas, each.un && `UN ${each.un}`].filter(Boolean).join(" · ")}</option>`)}</datalist></label>
      <label>${word("file.field", "address")}<input name="address" maxlength="400" autocomplete="off" .value=${now.address} @input=${(event: Event) => this.#edit({ address: value(event) })} /></label>
      ${placed({ lon: now.lon, lat: now.lat }, (at) => this.#edit(at))}
      ${moments(now, this.#edit)}
      ${harmed(now, this.#edit, this.file.casualties.at(-1))}${risks(now, this.#edit)}
      ${contact ? who(now, this.#edit) : channel(now, this.#edit)}
      ${this.#release(now)}
      ${more(now, this.#edit, { contact })}
      <label>${t("report.name")}<input name="title" maxlength="120" autocomplete="off" .value=${now.title} @input=${(event: Event) => this.#edit({ title: value(event) })} /></label>
      <label class="check exercise"><input type="checkbox" name="exercise" .checked=${now.exercise} @change=${(event: Event) => this.#edit({ exercise: (event.target as HTMLInputElement).checked })} />${t("report.exercise")}</label>
      <label>${t("file.why")}<input name="why" required maxlength="400" autocomplete="off" .value=${this.#why} @input=${(
        event: Event,
      ) => {
        this.#why = value(event);
      }} /></label>
      <p class="actions"><button class="primary" name="send-correction" ?disabled=${this.#busy}>${t("file.correct.send")}</button><button type="button" class="ghost" name="leave-correction" @click=${() => this.#done()}>${t("report.cancel")}</button></p></form>`;
  }

  #release(now: Correcting): TemplateResult {
    const wind = this.file.weather === null || one(this.file.weather) !== null;
    return html`${releaseFields(now.kind, now.release, (release) => this.#edit({ release }))}
      ${
        wind
          ? html`<div class="pair"><label>${t("report.wind.speed")}<input type="number" name="wind_speed" min="0" max="100" step="any" .value=${String(now.speed ?? "")} @change=${(event: Event) => this.#edit({ speed: typed(event) })} /></label>
      <label>${t("report.wind.from")}<input type="number" name="wind_from" min="0" max="360" step="any" .value=${String(now.from ?? "")} @change=${(event: Event) => this.#edit({ from: typed(event) })} /></label></div>`
          : html`<p class="hint">${t("file.weather.series")}</p>`
      }`;
  }

  async #find(event: Event): Promise<void> {
    this.#edit({ substance: value(event) });
    this.#substances = await findSubstances(value(event));
    this.requestUpdate();
  }

  async #send(event: Event): Promise<void> {
    event.preventDefault();
    const why = this.#why.trim();
    if (!this.#was || !this.#now || why === "" || this.#busy) return;
    const body = correctionBody(this.#was, this.#now, this.file);
    if (Object.keys(body).length === 0) {
      this.#done();
      return;
    }
    this.#busy = true;
    this.requestUpdate();
    const { id, version } = this.file;
    if (await correct(id, version, { ...body, why })) this.#done();
    this.#busy = false;
    this.requestUpdate();
  }

  #done(): void {
    this.dispatchEvent(new Event("done"));
  }
}

define("om-correction", Correction);
