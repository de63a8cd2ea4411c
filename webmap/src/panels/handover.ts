/** The shift: handed over with what is open, signed by two; and the digest of a period. */
import { html, nothing, type TemplateResult } from "lit";
import { type Brief, type Handover, handoverFile } from "../api/handover";
import "../style/log.css";
import {
  dropHandover,
  editHandover,
  makeHandover,
  readHandovers,
  signHandover,
} from "../store/handover";
import { hear } from "../store/heard";
import { openIncident } from "../store/incidents";
import { may } from "../store/state";
import { stamp } from "../text/format";
import { t, word } from "../text/i18n";
import { localInput, typedMoment } from "../text/local_time";
import "../text/desk_words";
import "./deadline_rules";
import "./digest";
import { siteTime } from "./intake_parts";
import { define, Panel } from "./panel";
import { saveButton } from "./save_button";

const SHIFT_MS = 12 * 3_600_000;

type Page = "handover" | "digest" | "rules";

class Duty extends Panel {
  static override reads = ["duty", "session"] as const;
  #page: Page = "handover";
  #from = "";
  #to = "";
  #notes = "";
  #desk = "";
  #busy = false;
  #editing: string | null = null;
  #stopHearing: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    const now = Date.now() + this.state.skew_ms;
    this.#to = new Date(now).toISOString();
    this.#from = new Date(now - SHIFT_MS).toISOString();
    void readHandovers();
    this.#stopHearing = hear((change) => {
      if (change === null || change.layer === "handover") void readHandovers();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopHearing?.();
  }

  protected override render(): TemplateResult {
    return html`<div class="plan-tabs" role="tablist">${this.#pages().map(
      (page) =>
        html`<button role="tab" name=${page} aria-selected=${this.#page === page} @click=${() => {
          this.#page = page;
          this.requestUpdate();
        }}>${t(`duty.${page}`)}</button>`,
    )}</div>
      ${this.#shown()}`;
  }

  /** The table of deadlines is set by who answers for the reports. */
  #pages(): readonly Page[] {
    return may(this.state, "reports.sign")
      ? ["handover", "digest", "rules"]
      : ["handover", "digest"];
  }

  #shown(): TemplateResult {
    if (this.#page === "digest") return html`<om-digest></om-digest>`;
    if (this.#page === "rules") return html`<om-deadline-rules></om-deadline-rules>`;
    return this.#handovers();
  }

  #handovers(): TemplateResult {
    const list = this.state.duty.handovers;
    return html`${may(this.state, "incidents.write") ? this.#form() : nothing}
      ${list === null ? html`<p class="hint">${t("desk.reading")}</p>` : nothing}
      ${list?.length === 0 ? html`<p class="hint">${t("handover.none")}</p>` : nothing}
      <ol class="handovers">${(list ?? []).map((one) => this.#row(one))}</ol>`;
  }

  #form(): TemplateResult {
    const { desks } = this.state.duty;
    return html`<form class="handover-form" @submit=${(event: Event) => void this.#make(event)}><div class="pair">
      <label>${t("handover.from")}<input type="datetime-local" name="from" required .value=${localInput(this.#from).slice(0, 16)} @change=${(
        event: Event,
      ) => {
        this.#from = moment(event);
      }} /></label>
      <label>${t("handover.to")}<input type="datetime-local" name="to" required .value=${localInput(this.#to).slice(0, 16)} @change=${(
        event: Event,
      ) => {
        this.#to = moment(event);
      }} /></label></div>${siteTime()}
      ${
        desks.length > 1
          ? html`<label>${t("handover.desk")}<select name="region" required @change=${(
              event: Event,
            ) => {
              this.#desk = (event.target as HTMLSelectElement).value;
            }}><option value=""></option>${desks.map((code) => html`<option value=${code} ?selected=${code === this.#desk}>${code}</option>`)}</select></label>`
          : nothing
      }
      <label>${t("handover.notes")}<textarea name="notes" rows="3" maxlength="4000" .value=${this.#notes} @input=${(
        event: Event,
      ) => {
        this.#notes = (event.target as HTMLTextAreaElement).value;
      }}></textarea></label>
      <button class="primary wide" name="make" ?disabled=${this.#busy}>${t("handover.make")}</button></form>`;
  }

  async #make(event: Event): Promise<void> {
    event.preventDefault();
    if (!this.#from || !this.#to || this.#busy) return;
    this.#busy = true;
    if (await makeHandover(this.#from, this.#to, this.#notes.trim(), this.#desk)) this.#notes = "";
    this.#busy = false;
    this.requestUpdate();
  }

  #row(one: Handover): TemplateResult {
    const { language } = this.state;
    const signs = may(this.state, "reports.sign");
    const name = this.state.session?.user?.name;
    return html`<li class="handover ${one.state}" data-handover=${one.id}><details><summary><b>${stamp(one.shift_from)} – ${stamp(one.shift_to)}</b> <span class="state">${word("handover.state", one.state)}</span></summary>
      ${this.#said(one)}
      <ul>${one.incidents.map((brief) => this.#brief(brief))}</ul>
      ${signed(t("handover.given"), one.given)}${signed(t("handover.taken"), one.taken)}
      <p class="actions">${signs && !one.given ? html`<button class="primary" name="give" @click=${() => void signHandover(one, "giver")}>${t("handover.give")}</button>` : nothing}
        ${signs && one.given && !one.taken ? html`<button class="primary" name="take" ?disabled=${one.given.by === name} title=${one.given.by === name ? t("handover.other") : ""} @click=${() => void signHandover(one, "taker")}>${t("handover.take")}</button>` : nothing}
        ${["docx", "pdf"].map((format) => saveButton(format.toUpperCase(), handoverFile(one.id, format, language), `handover.${format}`))}
        <a class="button" href=${handoverFile(one.id, "html", language)} target="_blank" rel="noopener">${t("bulletin.print")}</a>
        ${!one.given && may(this.state, "incidents.write") ? html`<button class="ghost" name="drop" @click=${() => void dropHandover(one)}>${t("bulletin.drop")}</button>` : nothing}</p>
      ${one.given && !one.taken && one.given.by === name ? html`<p class="hint">${t("handover.other")}</p>` : nothing}</details></li>`;
  }

  /** What is said of the shift; until the giver signs it can be said otherwise. */
  #said(one: Handover): TemplateResult | typeof nothing {
    const open = !one.given && may(this.state, "incidents.write");
    if (open && this.#editing === one.id)
      return html`<form class="notes-form" @submit=${(event: Event) => void this.#keep(event, one)}><textarea name="said" rows="3" maxlength="4000" aria-label=${t("handover.notes")} .value=${one.notes}></textarea>
        <p class="actions"><button class="primary" name="keep-notes">${t("bulletin.save")}</button><button type="button" class="ghost" @click=${() => this.#edit(null)}>${t("report.cancel")}</button></p></form>`;
    return html`${one.notes ? html`<p class="words">${one.notes}</p>` : nothing}
      ${open ? html`<button class="link-button" name="edit-notes" @click=${() => this.#edit(one.id)}>${t("handover.notes.edit")}</button>` : nothing}`;
  }

  #edit(id: string | null): void {
    this.#editing = id;
    this.requestUpdate();
    void this.updateComplete.then(() =>
      this.querySelector<HTMLElement>(".notes-form textarea")?.focus(),
    );
  }

  async #keep(event: Event, one: Handover): Promise<void> {
    event.preventDefault();
    const said = new FormData(event.target as HTMLFormElement).get("said");
    if (await editHandover(one, String(said ?? "").trim())) this.#edit(null);
  }

  #brief(one: Brief): TemplateResult {
    const owed = [
      one.accident_grade ? word("accident", one.accident_grade) : "",
      t("handover.tasks", { count: one.open_tasks }),
      t("handover.calls", { count: one.unanswered_calls }),
      one.missed_deadlines > 0 ? t("handover.missed", { count: one.missed_deadlines }) : "",
    ];
    return html`<li><button class="row" @click=${() => void openIncident(one.id)}>${one.exercise ? html`<span class="badge exercise">${t("incident.exercise")}</span>` : nothing}<span class="name">${one.title}<small>${owed.filter(Boolean).join(" · ")}</small></span></button></li>`;
  }
}

function moment(event: Event): string {
  const { value } = event.target as HTMLInputElement;
  return typedMoment(value);
}

function signed(role: string, one: Handover["given"]): TemplateResult | typeof nothing {
  return one
    ? html`<p class="good">${role} ${one.name ?? one.by} <small>${stamp(one.at)}</small></p>`
    : nothing;
}

define("om-duty", Duty);
