import { html, nothing, type TemplateResult } from "lit";
import type { Substance } from "../api/wire";
import type { Draft } from "../store/draft";
import {
  cancelReport,
  chooseKind,
  editReport,
  RELEASES_SUBSTANCE,
  sendReport,
} from "../store/report";
import { findSubstances } from "../store/substances";
import { place } from "../text/format";
import { t, word } from "../text/i18n";
import { behaves, behaviour } from "./behaviour";
import { define, Panel } from "./panel";
import { KINDS, leak, nearby, wind } from "./report_parts";

/** The report form of the field: a place and a substance are enough. The desk's is in `intake`. */
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

define("om-report", ReportForm);
