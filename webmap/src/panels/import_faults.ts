/** The second and third step: every fault with its cell, and the cells put right. */
import { html, nothing, type TemplateResult } from "lit";
import type { Fault } from "../api/imports";
import type { Message } from "../api/wire";
import { errorCount, goodCount, isMoving } from "../store/import_form";
import {
  check,
  correct,
  downloadFaults,
  filterFaults,
  readFaults,
  showStep,
} from "../store/importing";
import type { Correction, Importing } from "../store/planner";
import { layerNamed, type State } from "../store/state";
import { count } from "../text/format";
import { t, word } from "../text/i18n";
import { analyseStep, canCheck } from "./import_file";

/** Warnings that another coordinate system would put right, and which one. */
const CRS_OF: Readonly<Record<string, string>> = { looks_gcj02: "GCJ-02", looks_bd09: "BD-09" };

export function checkStep(state: State): TemplateResult {
  const { importing } = state;
  const { job } = importing;
  if (!job || isMoving(job.status)) return html`<p class="hint">${t("import.checking")}</p>`;
  return html`${bigWarnings(job.report.warnings, importing)}
    ${counts(state)}
    ${faultList(state, false)}
    ${
      job.status === "staged"
        ? html`<footer class="decide">
        ${importing.corrections.length > 0 ? recheck(importing) : nothing}
        ${errorCount(job) > 0 ? html`<button name="adjust" @click=${() => showStep("adjust")}>${t("import.adjust")}</button>` : nothing}
        <button class=${errorCount(job) > 0 ? "" : "primary"} name="compare" ?disabled=${goodCount(job) === 0} @click=${() => showStep("stage")}>${t("import.compare")}</button></footer>`
        : nothing
    }`;
}

/** The cells to put right, and under them the mapping and the coordinate system once more. */
export function adjustStep(state: State): TemplateResult {
  const { importing } = state;
  const { job } = importing;
  if (!job) return html``;
  return html`<p class="hint">${t("import.adjust.hint")}</p>
    ${faultList(state, true)}
    ${importing.corrections.length > 0 ? html`<footer class="decide">${recheck(importing)}</footer>` : nothing}
    <details><summary>${t("import.adjust.mapping")}</summary>${analyseStep(state)}</details>`;
}

function recheck({ corrections, busy }: Importing): TemplateResult {
  return html`<button class="primary" name="recheck" ?disabled=${busy} @click=${() => void check()}>${t("import.recheck", { count: corrections.length })}</button>`;
}

/** What may be wrong with the file as a whole stands above everything, with the way to put it right. */
function bigWarnings(
  list: readonly Message[],
  importing: Importing,
): TemplateResult | typeof nothing {
  if (list.length === 0) return nothing;
  return html`${list.map((warning) => {
    const crs =
      CRS_OF[warning.code] ??
      (typeof warning.params.fix_crs === "string" ? warning.params.fix_crs : null);
    return html`<section class="big-warning" role="alert" data-code=${warning.code}>
      <p>${warning.text || warning.code}</p>
      ${crs && importing.job && canCheck(importing.job) ? html`<button class="primary" name="fix" ?disabled=${importing.busy} @click=${() => void check({ crs })}>${t("import.fix.crs", { crs: word("crs", crs) })}</button>` : nothing}
    </section>`;
  })}`;
}

function counts(state: State): TemplateResult {
  const layers = Object.entries(state.importing.job?.report.layers ?? {});
  return html`<table class="counts"><tbody>${layers.map(
    ([
      name,
      layer,
    ]) => html`<tr><td>${layerNamed(state, name)?.title ?? (layerTitle(state) || name)}</td>
      <td>${t("import.counts", { rows: count(layer.rows), fresh: count(layer.new), known: count(layer.existing), errors: count(layer.errors) })}</td></tr>`,
  )}</tbody></table>`;
}

/** The layer that the file itself becomes is not in the catalogue before it is published. */
function layerTitle({ importing }: State): string {
  return importing.form.own?.title ?? "";
}

function faultList(state: State, errorsOnly: boolean): TemplateResult {
  const { importing } = state;
  const { severity, next } = importing;
  const faults = errorsOnly
    ? importing.faults.filter((fault) => fault.severity === "error")
    : importing.faults;
  if (importing.faults.length === 0 && severity === "error,warning")
    return html`<p class="passed">${importing.job?.report.warnings.length ? t("import.faults.noRow") : t("import.faults.none")}</p>`;
  return html`<header class="list-head"><h3>${t("import.faults", { count: `${count(faults.length)}${next === null ? "" : "+"}` })}</h3>
      <select name="severity" aria-label=${t("import.severity")} @change=${(event: Event) => filterFaults((event.target as HTMLSelectElement).value as Importing["severity"])}>
        ${(["error,warning", "error", "warning"] as const).map((each) => html`<option value=${each} ?selected=${each === severity}>${t(`import.severity.${each}`)}</option>`)}</select>
      <button type="button" name="faults-xlsx" @click=${() => void downloadFaults()}>${t("import.faults.xlsx")}</button></header>
    <div class="scroll"><table class="faults"><thead><tr><th>${t("import.row")}</th><th>${t("import.field")}</th><th>${t("import.rule")}</th><th>${t("import.got")}</th><th>${t("import.wanted")}</th></tr></thead>
    <tbody>${faults.map((fault) => faultRow(fault, state))}</tbody></table></div>
    ${next === null ? nothing : html`<button class="wide" name="more" @click=${() => void readFaults(true)}>${t("list.more")}</button>`}`;
}

/** What was got (to be written over) and wanted, and under it the sentence in the reader's language. */
function faultRow(fault: Fault, state: State): TemplateResult {
  const title = fieldTitle(fault, state);
  return html`<tr class=${fault.severity}><td>${fault.row ?? ""}</td><td>${title}</td><td>${word("rule", fault.rule)}</td><td>${cell(fault, state)}</td><td>${fault.wanted ?? ""}</td></tr>
    ${fault.text ? html`<tr class="said"><td></td><td colspan="4"><small>${fault.text}</small></td></tr>` : nothing}`;
}

function fieldTitle({ field, layer }: Fault, state: State): string {
  if (!field) return "";
  const known = layerNamed(state, layer ?? "")?.fields.find(({ name }) => name === field)?.title;
  return known ?? word("field", field);
}

/** A cell or a place can be put right here; what is wrong with a row as a whole cannot. */
function cell(fault: Fault, state: State): TemplateResult {
  const { importing } = state;
  const { row, field } = fault;
  const got = fault.got ?? "";
  const open = importing.job?.status === "staged" && row !== null && Number.isInteger(Number(row));
  const known = layerNamed(state, fault.layer ?? "")?.fields.some(({ name }) => name === field);
  if (!open || !field || !(known || field === "geometry" || field in importing.form.fields))
    return html`${got}`;
  const held = importing.corrections.find((one) => one.row === Number(row) && one.field === field);
  return html`<input class=${held ? "corrected" : ""} data-row=${row} data-field=${field} aria-label=${t("import.correct", { row, field })}
    .value=${held?.value ?? got} @change=${(event: Event) => write(event, { row: Number(row), field, got })} />`;
}

function write(event: Event, cell: Omit<Correction, "value">): void {
  correct({ ...cell, value: (event.target as HTMLInputElement).value });
}
