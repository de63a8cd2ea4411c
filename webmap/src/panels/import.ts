/** A file's way in, in five steps that a person can see and turn back from. */
import { html, nothing, type TemplateResult } from "lit";
import type { ImportJob } from "../api/imports";
import { isMoving, reached } from "../store/import_form";
import { another, forget, openImport, readRecent, showStep, upload } from "../store/importing";
import { STEPS, type Step } from "../store/planner";
import { layerNamed } from "../store/state";
import { count, day } from "../text/format";
import { t, word } from "../text/i18n";
import { CRS, ENCODINGS } from "./choices";
import { changesStep, publishStep } from "./import_changes";
import { adjustStep, checkStep } from "./import_faults";
import { analyseStep } from "./import_file";
import { define, Panel } from "./panel";

class ImportPanel extends Panel {
  static override reads = ["importing", "layers"] as const;
  #over = false;

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.state.importing.recent === null) void readRecent();
  }

  protected override render(): TemplateResult {
    const { importing } = this.state;
    const { job } = importing;
    return html`<header class="tool-head"><h2>${t("import.title")}</h2>
        ${job ? html`<button class="ghost" name="another" @click=${another}>${t("import.again")}</button>` : nothing}</header>
      ${stepper(importing.step, job)}
      ${job ? this.#job(job) : this.#start()}`;
  }

  #start(): TemplateResult {
    const { busy } = this.state.importing;
    return html`<form class="import-start" @submit=${(event: Event) => event.preventDefault()}>
        <label class="drop ${this.#over ? "over" : ""}" @dragover=${(event: DragEvent) => this.#drag(event, true)}
          @dragleave=${(event: DragEvent) => this.#drag(event, false)} @drop=${(event: DragEvent) => this.#drop(event)}>
          <b>${busy ? t("import.sending") : t("import.drop")}</b><small>${t("import.file.hint")}</small>
          <input type="file" name="file" multiple ?disabled=${busy} aria-label=${t("import.file")} @change=${(event: Event) => this.#chosen(event)} />
          ${busy ? html`<progress></progress>` : nothing}</label>
        <details><summary>${t("import.known")}</summary>${this.#known()}</details></form>
      ${this.#recent()}${this.#remembered()}`;
  }

  /** What is known before the file is read; with a layer it goes on to the comparison by itself. */
  #known(): TemplateResult {
    const targets = this.state.layers.filter(({ name }) => name !== "incident");
    return html`<label>${t("import.layer")}<select name="layer"><option value="">${t("import.layer.later")}</option>
        ${targets.map(({ name, title }) => html`<option value=${name}>${title ?? name}</option>`)}</select></label>
      <label>${t("import.crs")}<input name="crs" list="crs" placeholder=${t("import.crs.auto")} />
        <datalist id="crs">${CRS.map((crs) => html`<option value=${crs}>${word("crs", crs)}</option>`)}</datalist></label>
      <label>${t("import.encoding")}<input name="encoding" list="encodings" placeholder=${t("import.encoding.auto")} />
        <datalist id="encodings">${ENCODINGS.map((name) => html`<option value=${name}></option>`)}</datalist></label>
      <label>${t("import.source")}<input name="source" maxlength="400" /></label>
      <label>${t("import.map")}<input type="file" name="map" accept=".toml" /></label>`;
  }

  #drag(event: DragEvent, over: boolean): void {
    event.preventDefault();
    if (this.#over === over) return;
    this.#over = over;
    this.requestUpdate();
  }

  #drop(event: DragEvent): void {
    this.#drag(event, false);
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length > 0) void this.#send(files);
  }

  #chosen(event: Event): void {
    const files = [...((event.target as HTMLInputElement).files ?? [])];
    if (files.length > 0) void this.#send(files);
  }

  async #send(files: readonly File[]): Promise<void> {
    const form = this.querySelector("form");
    if (!form) return;
    const data = new FormData(form);
    const map = data.get("map");
    const given: Record<string, string> = {};
    for (const name of ["layer", "crs", "encoding", "source"])
      given[name] = String(data.get(name) ?? "").trim();
    if (map instanceof File && map.name !== "") given.map = await map.text();
    await upload(files, given);
  }

  #job(job: ImportJob): TemplateResult {
    const { importing } = this.state;
    const moving = isMoving(job.status);
    const { error } = job.report;
    return html`<p class="job"><b>${job.file_name}</b> <span class="badge" data-status=${job.status}>${word("import.status", job.status)}</span></p>
      ${moving ? html`<progress></progress><small>${job.progress.step ? word("import.step", job.progress.step) : ""} ${job.progress.count ? count(job.progress.count) : ""}</small>` : nothing}
      ${error ? html`<p class="failed" role="alert">${error.text || error.code}</p>` : nothing}
      ${this.#step(importing.step)}`;
  }

  #step(step: Step): TemplateResult {
    switch (step) {
      case "analyse":
        return analyseStep(this.state);
      case "check":
        return checkStep(this.state);
      case "adjust":
        return adjustStep(this.state);
      case "stage":
        return changesStep(this.state);
      case "publish":
        return publishStep(this.state);
    }
  }

  #recent(): TemplateResult | typeof nothing {
    const { recent } = this.state.importing;
    if (!recent || recent.length === 0) return nothing;
    return html`<h3>${t("import.recent")}</h3><ul class="recent">${recent.map(
      (job) => html`<li><button class="row" @click=${() => void openImport(job.id)}>
        <span class="name">${job.file_name}<small>${[job.created_at ? day(Date.parse(job.created_at)) : "", job.created_by ?? ""].filter(Boolean).join(" · ")}</small></span>
        <span class="badge" data-status=${job.status}>${word("import.status", job.status)}</span></button></li>`,
    )}</ul>`;
  }

  #remembered(): TemplateResult | typeof nothing {
    const { remembered } = this.state.importing;
    if (!remembered || remembered.length === 0) return nothing;
    return html`<details class="remembered"><summary>${t("import.remembered", { count: remembered.length })}</summary><ul>${remembered.map(
      (
        source,
      ) => html`<li><span class="name">${source.source ?? "—"}<small>${layerNamed(this.state, source.layer)?.title ?? source.layer}</small></span>
        <button class="ghost" @click=${() => void forget(source.id)}>${t("import.forget")}</button></li>`,
    )}</ul></details>`;
  }
}

/** Where the file is on its way; steps that were reached can be looked at again. */
function stepper(now: Step, job: ImportJob | null): TemplateResult {
  const open = reached(job);
  const at = STEPS.indexOf(now);
  return html`<ol class="stepper" aria-label=${t("import.steps")}>${STEPS.map(
    (
      step,
      index,
    ) => html`<li class=${index < at ? "past" : ""}><button type="button" name="step-${step}" aria-current=${step === now ? "step" : "false"}
      ?disabled=${!open.has(step)} @click=${() => showStep(step)}><i>${index + 1}</i>${t(`import.step.${step}`)}</button></li>`,
  )}</ol>`;
}

define("om-import", ImportPanel);
