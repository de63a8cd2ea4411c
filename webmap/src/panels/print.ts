/** The dialog that asks for a printed map, with a preview, and for an incident's situation report. */
import "../style/print_dialog.css";
import { html, nothing, type TemplateResult } from "lit";
import type { Print } from "../api/prints";
import { SCALES } from "../store/print_sheet";
import {
  firstForm,
  groundShown,
  keepPrint,
  makePrint,
  type PrintForm,
  pictureOf,
  REPORTS,
  saveReport,
  screenScale,
} from "../store/printing";
import { distance } from "../text/format";
import { loadMoreWords, t } from "../text/i18n";
import { ICONS } from "./icons";
import { define, Panel } from "./panel";

const CHOICES = { format: ["pdf", "png"], paper: ["A4", "A3"] } as const;
const SWITCHES = ["grid", "legend", "signatures"] as const;

class PrintDialog extends Panel {
  static override reads = ["incident", "view"] as const;
  #form: PrintForm = firstForm();
  #status = "";
  #reason = "";
  #picture = "";
  #over = false;

  protected override render(): TemplateResult {
    const form = this.#form;
    const [width, height] = groundShown(form);
    return html`<dialog class="print-dialog" aria-label=${t("print.open")} @close=${() => this.#end()}>
      <header><h2>${t("print.open")}</h2><button class="ghost" aria-label=${t("print.close")} @click=${() => this.#end()}>${ICONS.close}</button></header>
      <form @submit=${(event: Event) => this.#submit(event)} @input=${(event: Event) => this.#take(event)}>
        <label>${t("print.title")}<input name="title" maxlength="120" .value=${form.title} /></label>
        <div class="pair">${(["format", "paper"] as const).map((name) => html`<label>${t(`print.${name}`)}<select name=${name}>${CHOICES[name].map((value) => html`<option value=${value} ?selected=${form[name] === value}>${value.toUpperCase()}</option>`)}</select></label>`)}</div>
        <div class="pair"><label>${t("print.orientation")}<select name="orientation">${(["landscape", "portrait"] as const).map((value) => html`<option value=${value} ?selected=${form.orientation === value}>${t(`print.${value}`)}</option>`)}</select></label>
        <label>${t("print.scale")}<select name="scale">${SCALES.map((value) => html`<option value=${value} ?selected=${form.scale === value}>1 : ${value.toLocaleString("en")}</option>`)}<option value="0" ?selected=${form.scale === 0}>${t("print.scale.screen", { scale: Math.round(screenScale()).toLocaleString("en") })}</option></select></label></div>
        <div class="chips-row">${SWITCHES.map((name) => html`<label class="check"><input type="checkbox" name=${name} .checked=${form[name]} />${t(`print.${name}`)}</label>`)}</div>
        <p class="hint">${t("print.ground", { width: distance(width), height: distance(height) })}</p>
        <footer class="decide"><button type="button" name="preview" ?disabled=${this.#status !== ""} @click=${() => void this.#preview()}>${t("print.preview")}</button>
        <button class="primary" name="make" ?disabled=${this.#status !== ""}>${t("print.make")}</button></footer>
        ${this.#status ? html`<button type="button" name="cancel" ?disabled=${this.#over} @click=${() => this.#cancel()}>${t("print.cancel")}</button>` : nothing}
        <p role="status">${this.#status ? t(this.#status === "waiting" ? "print.waiting" : "print.making") : this.#reason}</p>
      </form>
      ${this.#picture ? html`<img class="preview" alt=${t("print.preview")} src=${this.#picture} />` : nothing}
      ${this.#reports()}
    </dialog>`;
  }

  protected override updated(): void {
    const dialog = this.querySelector("dialog");
    if (dialog && !dialog.open) dialog.showModal();
  }

  #reports(): TemplateResult | typeof nothing {
    const { incident } = this.state;
    if (!incident) return nothing;
    return html`<section class="reports"><h3>${t("print.report")}</h3>${REPORTS.map((ending) => html`<button name="report-${ending}" @click=${() => void saveReport(incident, ending)}>${ending.toUpperCase()}</button>`)}</section>`;
  }

  #take(event: Event): void {
    const field = event.target as HTMLInputElement;
    const value =
      field.type === "checkbox"
        ? field.checked
        : field.name === "scale"
          ? Number(field.value)
          : field.value;
    this.#form = { ...this.#form, [field.name]: value };
    this.requestUpdate();
  }

  #submit(event: Event): void {
    event.preventDefault();
    void this.#make(this.#form).then((print) => print && keepPrint(print));
  }

  async #preview(): Promise<void> {
    const print = await this.#make({ ...this.#form, format: "png" });
    const picture = print && (await pictureOf(print));
    this.#forget();
    if (picture) this.#picture = URL.createObjectURL(picture);
    this.requestUpdate();
  }

  async #make(form: PrintForm): Promise<Print | null> {
    this.#reason = "";
    this.#tell("waiting");
    this.#over = false;
    const print = await makePrint(
      form,
      (status) => this.#tell(status),
      () => this.#over,
    );
    this.#status = "";
    if (print?.status === "failed")
      this.#reason = t("print.failed", { reason: print.error?.text ?? "" });
    this.requestUpdate();
    return print?.status === "done" ? print : null;
  }

  #cancel(): void {
    this.#over = true;
    this.requestUpdate();
  }

  #tell(status: string): void {
    this.#status = status;
    this.requestUpdate();
  }

  #forget(): void {
    if (this.#picture) URL.revokeObjectURL(this.#picture);
    this.#picture = "";
  }

  #end(): void {
    this.#forget();
    this.remove();
  }
}

define("om-print", PrintDialog);

/** Open the dialog; its words come with it. */
export async function openPrint(): Promise<void> {
  await loadMoreWords("print");
  if (!document.querySelector("om-print")) document.body.append(document.createElement("om-print"));
}
