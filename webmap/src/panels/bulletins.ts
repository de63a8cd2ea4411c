/** Reports upwards: one press makes the first, a follow-up or the final; then read, edit, sign, take out. */
import { html, nothing, type TemplateResult } from "lit";
import { BULLETIN_KINDS, type Bulletin, type BulletinItem, bulletinFile } from "../api/bulletins";
import type { Incident } from "../api/wire";
import {
  closeBulletin,
  drop,
  editItem,
  makeBulletin,
  openBulletin,
  renew,
  signBulletin,
} from "../store/bulletins";
import { readPart } from "../store/duty";
import { stamp } from "../text/format";
import { t, word } from "../text/i18n";
import { deadlineRows } from "./deadline_rows";
import { IncidentPart } from "./incident_part";
import { define } from "./panel";
import { saveButton } from "./save_button";

class Bulletins extends IncidentPart {
  static override parts = ["bulletins", "deadlines"] as const;
  #busy: string | null = null;
  #editing: string | null = null;
  #sure = "";

  protected override begin(): void {
    this.#editing = null;
    this.#sure = "";
    closeBulletin();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { shown } = this;
    if (!shown) return nothing;
    const { bulletins, bulletin, deadlines } = this.state.duty;
    const open = bulletin?.incident === shown.id ? bulletin : null;
    const list = bulletins[shown.id];
    return html`${deadlineRows(deadlines[shown.id], this.state, shown)}
      ${this.may("incidents.write") ? this.#make(shown) : nothing}
      ${list === undefined ? html`<p class="hint">${t("desk.reading")}</p>` : nothing}
      <ul class="bulletins" aria-label=${t("plan.reports")}>${(list ?? []).map((one) => this.#row(one, shown, open))}</ul>
      ${open ? this.#preview(open, shown) : nothing}`;
  }

  #make(incident: Incident): TemplateResult {
    return html`<p class="actions make">${BULLETIN_KINDS.map((kind) => html`<button name=${`make-${kind}`} ?disabled=${this.#busy !== null} @click=${() => void this.#act(kind, () => makeBulletin(incident.id, kind))}>${this.#busy === kind ? t("bulletin.making") : t(`bulletin.make.${kind}`)}</button>`)}</p>`;
  }

  #row(one: Bulletin, incident: Incident, open: Bulletin | null): TemplateResult {
    const at = one.signed_at ?? one.made_at;
    return html`<li><button class="row" aria-expanded=${open?.id === one.id} @click=${() => (open?.id === one.id ? closeBulletin() : void openBulletin(incident.id, one.id))}>
      <span class="name"><b>${word("bulletin.kind", one.kind)}</b> ${one.number ? said(one.number, this.state.language) : ""}<small>${[at ? stamp(at) : "", one.signer ?? one.made_by].filter(Boolean).join(" · ")}</small></span>
      <span class="state ${one.state}">${word("bulletin.state", one.state)}</span></button></li>`;
  }

  #preview(one: Bulletin, incident: Incident): TemplateResult {
    const { language } = this.state;
    const draft = one.state === "draft";
    const writable = draft && this.may("incidents.write");
    return html`<article class="bulletin" aria-label=${said(one.title, language)}>
      ${one.exercise ? html`<p class="badge exercise">${t("incident.exercise")}</p>` : nothing}
      <h3>${said(one.title, language)}</h3>
      ${one.stale && draft ? html`<p class="warning">${t("bulletin.stale")} <button name="renew" @click=${() => void renew(incident.id, one)}>${t("bulletin.renew")}</button></p>` : nothing}
      ${one.open > 0 ? html`<p class="warning">${t("bulletin.open", { count: one.open })}</p>` : nothing}
      <dl class="items">${one.items.map((item) => this.#item(item, one, incident, writable))}</dl>
      <p class="actions">${["docx", "pdf"].map((format) => saveButton(format.toUpperCase(), bulletinFile(incident.id, one.id, format, language), `bulletin.${format}`))}
        <a class="button" href=${bulletinFile(incident.id, one.id, "html", language)} target="_blank" rel="noopener">${t("bulletin.print")}</a>
        ${draft && this.may("reports.sign") ? this.#sign(one, incident) : nothing}
        ${writable ? html`<button class="ghost" name="drop" @click=${() => void this.#drop(one, incident)}>${this.#sure === `drop ${one.id}` ? t("bulletin.drop.sure") : t("bulletin.drop")}</button>` : nothing}</p>
      ${one.signed_at ? html`<p class="good">${t("bulletin.signed", { who: one.signer ?? one.signed_by ?? "", time: stamp(one.signed_at) })}</p>` : nothing}
    </article>`;
  }

  /** Two presses: who signs a report with items to be verified is asked whether they mean it. */
  #sign(one: Bulletin, incident: Incident): TemplateResult {
    const sure = this.#sure === one.id;
    return html`<button class="primary" name="sign" @click=${() => {
      if (sure) void this.#act("sign", () => signBulletin(incident.id, one));
      this.#sure = sure ? "" : one.id;
      this.requestUpdate();
    }}>${sure ? (one.open > 0 ? t("bulletin.sign.open", { count: one.open }) : t("bulletin.sign.sure")) : t("bulletin.sign")}</button>`;
  }

  #item(item: BulletinItem, one: Bulletin, incident: Incident, writable: boolean): TemplateResult {
    const { language } = this.state;
    const text = said(item, language);
    const editing = writable && this.#editing === item.key;
    return html`<div class="item ${item.missing ? "missing" : ""}" data-item=${item.key}><dt>${said(item.title, language)}${item.edited_by ? html`<small>${t("bulletin.edited", { who: item.edited_by })}</small>` : nothing}</dt>
      <dd>${
        editing
          ? html`<form @submit=${(event: Event) => void this.#save(event, item, one, incident)}><textarea name="text" rows="3" maxlength="4000" aria-label=${said(item.title, language)} .value=${item.missing ? "" : text}></textarea>
        <button class="primary" name="save-item">${t("bulletin.save")}</button><button type="button" class="ghost" @click=${() => this.#edit(null)}>${t("report.cancel")}</button></form>`
          : html`<span class="words">${item.missing ? html`<b class="pending">${t("bulletin.pending")}</b> ` : nothing}${text}</span>
        ${writable ? html`<button class="link-button" name="edit-item" aria-label="${t("bulletin.edit")} ${said(item.title, language)}" @click=${() => this.#edit(item.key)}>${t("bulletin.edit")}</button>` : nothing}`
      }</dd></div>`;
  }

  #edit(key: string | null): void {
    this.#editing = key;
    this.requestUpdate();
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(".item textarea")?.focus());
  }

  async #save(event: Event, item: BulletinItem, one: Bulletin, incident: Incident): Promise<void> {
    event.preventDefault();
    const text = String(new FormData(event.target as HTMLFormElement).get("text") ?? "").trim();
    const { language } = this.state;
    if (await editItem(incident.id, one, { key: item.key, [language]: text })) this.#edit(null);
  }

  async #drop(one: Bulletin, incident: Incident): Promise<void> {
    const asked = `drop ${one.id}`;
    if (this.#sure === asked) await drop(incident.id, one);
    this.#sure = this.#sure === asked ? "" : asked;
    this.requestUpdate();
  }

  async #act(name: string, work: () => Promise<void>): Promise<void> {
    this.#busy = name;
    this.requestUpdate();
    await work();
    this.#busy = null;
    this.requestUpdate();
    if (this.state.incident) void readPart("deadlines", this.state.incident);
  }
}

function said(words: { zh: string; en: string }, language: "zh" | "en"): string {
  return words[language] || words.zh || words.en;
}

define("om-bulletins", Bulletins);
