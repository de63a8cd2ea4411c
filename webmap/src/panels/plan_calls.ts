/** The call sheet: numbers in order, what came of each call, and who has not answered for too long. */
import { html, nothing, type TemplateResult } from "lit";
import type { Call, Incident } from "../api/wire";
import { addCall, logCall } from "../store/calling";
import { lateFor } from "../store/due";
import { ago, clock } from "../text/format";
import { t, word } from "../text/i18n";
import { IncidentPart } from "./incident_part";
import { define } from "./panel";

const RESULTS = ["answered", "no_answer", "refused"] as const;
/** What a telephone can dial; a masked number cannot be. */
const DIALLED = /^\+?[\d\s()-]{3,30}$/;

class Calls extends IncidentPart {
  static override reads = [...IncidentPart.reads, "calls"] as (typeof IncidentPart)["reads"];
  #noting: string | null = null;
  #busy = false;

  protected override begin(): void {
    this.#noting = null;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { shown } = this;
    if (!shown) return nothing;
    const sheet = this.state.calls[shown.id] ?? [];
    const done = sheet.filter((call) => call.result === "answered").length;
    const now = this.state.now + this.state.skew_ms;
    const late = sheet.filter((call) => lateFor(call, now) !== null).length;
    const writable = this.may("incidents.write");
    return html`${sheet.length === 0 ? html`<p class="hint">${t("calls.none")}</p>` : html`<p class="hint">${t("calls.done", { done, total: sheet.length })}${late > 0 ? html` <span class="late-for">${t("calls.late", { count: late })}</span>` : nothing}</p>`}
      ${writable ? this.#form(shown) : nothing}
      <ol class="calls">${sheet.map((call) => this.#row(shown, call, now, writable))}</ol>`;
  }

  #form(incident: Incident): TemplateResult {
    return html`<details class="new"><summary>${t("calls.add")}</summary><form class="call-form" @submit=${(event: Event) => void this.#add(event, incident)}><div class="pair">
      <label>${t("calls.name")}<input name="name" maxlength="100" autocomplete="off" /></label>
      <label>${t("calls.phone")}<input name="phone" type="tel" maxlength="60" autocomplete="off" /></label></div>
      <label>${t("calls.purpose")}<input name="purpose" required maxlength="120" autocomplete="off" /></label>
      <button class="primary wide" name="add-call" ?disabled=${this.#busy}>${t("calls.add.send")}</button></form></details>`;
  }

  async #add(event: Event, incident: Incident): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const said = (name: string): string => String(new FormData(form).get(name) ?? "").trim();
    if (this.#busy || said("purpose") === "") return;
    this.#busy = true;
    const line = { name: said("name"), phone: said("phone"), purpose: said("purpose") };
    if (await addCall(incident.id, line)) form.reset();
    this.#busy = false;
    this.requestUpdate();
  }

  #row(incident: Incident, call: Call, now: number, writable: boolean): TemplateResult {
    const late = lateFor(call, now);
    const note = (): string =>
      this.querySelector<HTMLInputElement>(`[data-call="${call.id}"] [name=note]`)?.value ?? "";
    const log = (result: string): void => {
      const said = this.#noting === call.id ? note().trim() : "";
      this.#noting = null;
      void logCall(incident.id, call.id, result, said);
    };
    return html`<li class="${call.result} ${late === null ? "" : "late"}" data-call=${call.id}>
    <div><b>${call.feature_name ?? call.name ?? t("card.unnamed")}</b>${number(call)}</div>
    <small>${[call.feature_name ? call.name : null, call.purpose.text || call.purpose.code].filter(Boolean).join(" · ")}</small>
    ${late === null ? nothing : html`<span class="late-for">${t("calls.overdue", { age: ago(late) })}</span>`}
    ${
      writable
        ? html`<div class="results" role="group" aria-label=${call.feature_name ?? call.name ?? ""}>${RESULTS.map((result) => html`<button aria-pressed=${call.result === result} @click=${() => log(result)}>${word("result", result)}</button>`)}
      <button name="call-note" aria-expanded=${this.#noting === call.id} @click=${() => this.#ask(call)}>${t("calls.note")}</button></div>
      ${this.#noting === call.id ? html`<label class="call-said">${t("calls.note.label")}<input name="note" maxlength="500" autocomplete="off" .value=${call.note ?? ""} /><small class="hint">${t("calls.note.then")}</small></label>` : nothing}`
        : html`<small>${word("result", call.result)}</small>`
    }
    ${call.note && this.#noting !== call.id ? html`<p class="reason">${call.note}</p>` : nothing}
    ${tries(call)}</li>`;
  }

  #ask({ id }: Call): void {
    this.#noting = this.#noting === id ? null : id;
    this.requestUpdate();
    void this.updateComplete.then(() =>
      this.querySelector<HTMLElement>(".call-said input")?.focus(),
    );
  }
}

function number({ phone }: Call): TemplateResult {
  if (!phone) return html`<small>${t("calls.nophone")}</small>`;
  if (!DIALLED.test(phone)) return html`<span class="phone">${phone}</span>`;
  return html`<a class="phone" href="tel:${phone.replaceAll(/[^\d+]/g, "")}">${phone}</a>`;
}

/** Every try with what came of it; a sheet that knows only the last shows that one. */
function tries(call: Call): TemplateResult | typeof nothing {
  if (call.tries.length > 0)
    return html`<ol class="tries">${call.tries.map((one) => html`<li>${word("result", one.result)} ${said(one.called_by, one.called_at)}</li>`)}</ol>`;
  return call.called_at ? html`<small>${said(call.called_by, call.called_at)}</small>` : nothing;
}

function said(who: string | null, at: string | null): string {
  return t("calls.by", { who: who ?? "", time: at ? clock(Date.parse(at)) : "" });
}

define("om-calls", Calls);
