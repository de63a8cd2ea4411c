/** The first step: what is in the file, how it was understood, and where its columns go. */

import { html, nothing, type TemplateResult } from "lit";
import type { Analysis, ImportJob, Preview } from "../api/imports";
import type { Message } from "../api/wire";
import { isMoving } from "../store/import_form";
import { check, readAs } from "../store/importing";
import type { Importing } from "../store/planner";
import type { State } from "../store/state";
import { bytes, count } from "../text/format";
import { t, word } from "../text/i18n";
import { CRS, ENCODINGS } from "./choices";
import { mapping } from "./import_mapping";

export function analyseStep(state: State): TemplateResult {
  const { importing } = state;
  const { job } = importing;
  if (!job?.analysis)
    return html`<p class="hint">${job && isMoving(job.status) ? t("import.looking") : nothing}</p>`;
  const { analysis } = job;
  return html`${facts(job, analysis)}
    ${warningList(analysis.warnings)}
    <form class="understood" @submit=${(event: Event) => {
      event.preventDefault();
      void check();
    }}>
      ${sourceLayers(importing, analysis)}${crs(state, analysis)}${encoding(importing, analysis)}
      ${importing.preview ? previewTable(importing.preview) : nothing}
      ${mapping(state)}
      ${canCheck(job) ? html`<footer class="decide"><button class="primary" name="check" ?disabled=${importing.busy || !ready(importing)}>${t("import.check")}</button></footer>` : nothing}
    </form>`;
}

export function canCheck({ status }: ImportJob): boolean {
  return status === "analysed" || status === "staged";
}

export function ready({ form }: Importing): boolean {
  return form.own ? form.own.title.trim() !== "" : form.layer !== "";
}

function facts(job: ImportJob, { format, size_bytes, layers }: Analysis): TemplateResult {
  const rows = layers.reduce((sum, layer) => sum + (layer.rows ?? 0), 0);
  return html`<dl class="facts">
    <div><dt>${t("import.format")}</dt><dd>${word("format", format ?? job.report.format ?? "—")}</dd></div>
    <div><dt>${t("import.size")}</dt><dd>${bytes(size_bytes)}</dd></div>
    <div><dt>${t("import.rows")}</dt><dd>${count(rows)}</dd></div>
    <div><dt>${t("import.geometry")}</dt><dd>${[...new Set(layers.map((layer) => word("geometry", layer.geometry_type ?? "none")))].join(", ")}</dd></div></dl>`;
}

function sourceLayers({ form }: Importing, { layers }: Analysis): TemplateResult | typeof nothing {
  if (layers.length < 2) return nothing;
  return html`<label>${t("import.sourceLayer")}<select name="source_layer" @change=${(event: Event) => readAs({ sourceLayer: (event.target as HTMLSelectElement).value })}>
    ${layers.map(({ name, rows }) => html`<option value=${name} ?selected=${name === form.sourceLayer}>${name} (${count(rows)})</option>`)}</select></label>`;
}

/** The coordinate system: what the file says or what was guessed, why, and a person's word over both. */
function crs({ importing, systems }: State, { crs: guess }: Analysis): TemplateResult {
  const { form } = importing;
  const others = [
    guess?.told,
    guess?.guessed,
    guess?.given,
    ...(guess?.alternatives ?? []),
    ...CRS,
  ];
  const known = [...new Set(others.filter((name): name is string => Boolean(name)))];
  return html`<fieldset class="guess"><legend>${t("import.crs")} ${certainty(guess)}</legend>
    <input name="crs" list="crs-known" .value=${form.crs} placeholder=${guess?.told ? t("import.crs.auto") : t("import.crs.needed")} aria-label=${t("import.crs")}
      @change=${(event: Event) => readAs({ crs: (event.target as HTMLInputElement).value })} />
    <datalist id="crs-known">${known.map((name) => html`<option value=${name}>${word("crs", name)}</option>`)}
      ${systems.filter(({ name }) => !known.includes(name)).map(({ name, title }) => html`<option value=${name}>${title ?? name}</option>`)}</datalist>
    ${guess?.name ? html`<small>${guess.name}</small>` : nothing}
    ${reasons(guess?.reasons ?? [])}
    <div class="quick">${CRS.slice(0, 4).map((name) => html`<button type="button" aria-pressed=${(form.crs || guess?.told) === name} @click=${() => readAs({ crs: name })}>${word("crs", name)}</button>`)}</div>
  </fieldset>`;
}

function encoding(
  { form }: Importing,
  { encoding: guess }: Analysis,
): TemplateResult | typeof nothing {
  if (!guess || (guess.given === null && guess.guessed === null)) return nothing;
  const all = [form.encoding, guess.guessed ?? "", ...guess.alternatives, ...ENCODINGS];
  const known = all.filter(
    (name, at) => name !== "" && all.findIndex((one) => sameWord(one, name)) === at,
  );
  return html`<fieldset class="guess"><legend>${t("import.encoding")} ${certainty(guess)}</legend>
    <select name="encoding" aria-label=${t("import.encoding")} @change=${(event: Event) => readAs({ encoding: (event.target as HTMLSelectElement).value })}>
      ${known.map((name) => html`<option value=${name} ?selected=${sameWord(name, form.encoding)}>${name.toUpperCase()}</option>`)}</select>
    <small>${t("import.encoding.hint")}</small></fieldset>`;
}

const sameWord = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

function certainty(
  guess: {
    given: string | null;
    guessed: string | null;
    told?: string | null;
    certain: boolean;
  } | null,
): TemplateResult | typeof nothing {
  if (!guess) return nothing;
  if (guess.told) return html`<span class="tag measured">${t("import.told")} ${guess.told}</span>`;
  if (guess.given === null && guess.guessed === null)
    return html`<span class="tag assumed">${t("import.unknown")}</span>`;
  if (guess.given) return html`<span class="tag measured">${t("import.told")}</span>`;
  return guess.certain
    ? html`<span class="tag">${t("import.guessed")}</span>`
    : html`<span class="tag assumed">${t("import.unsure")}</span>`;
}

function reasons(list: readonly Message[]): TemplateResult | typeof nothing {
  if (list.length === 0) return nothing;
  return html`<ul class="reasons">${list.map((reason) => html`<li>${reason.text || reason.code}</li>`)}</ul>`;
}

export function warningList(list: readonly Message[]): TemplateResult | typeof nothing {
  if (list.length === 0) return nothing;
  return html`<ul class="warnings">${list.map((one) => html`<li>${one.text || one.code}</li>`)}</ul>`;
}

function previewTable({ columns, rows }: Preview): TemplateResult {
  return html`<h3>${t("import.preview", { count: rows.length })}</h3>
    <div class="scroll sheet-scroll" tabindex="0"><table class="preview"><thead><tr><th></th>${columns.map((name) => html`<th>${name}</th>`)}</tr></thead>
    <tbody>${rows.map((row, index) => html`<tr><th>${index + 1}</th>${row.map((cell) => html`<td>${cell ?? ""}</td>`)}</tr>`)}</tbody></table></div>`;
}
