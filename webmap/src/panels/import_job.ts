/** One import: how far it is, what it holds, every fault, and the decision. */
import { html, nothing, type TemplateResult } from "lit";
import type { Fault, ImportJob } from "../api/wire";
import { another, decide, isMoving } from "../store/importing";
import { layerNamed, type State } from "../store/state";
import { count } from "../text/format";
import { t, word } from "../text/i18n";

export function importJob(job: ImportJob, state: State): TemplateResult {
  const moving = isMoving(job.status);
  return html`<p class="job"><b>${job.file_name}</b> <span class="badge" data-status=${job.status}>${word("import.status", job.status)}</span></p>
    ${moving ? progress(job) : report(job, state)}
    ${moving ? nothing : faultTable(state.importing.faults, state.importing.more)}
    ${job.status === "staged" ? decision(job, state.importing.busy) : nothing}
    ${moving || job.status === "staged" ? nothing : html`<button class="wide" @click=${another}>${t("import.again")}</button>`}`;
}

function progress({ progress: { step, count: done } }: ImportJob): TemplateResult {
  return html`<progress></progress><small>${step ? word("import.step", step) : ""} ${done ? count(done) : ""}</small>`;
}

function report({ report: held }: ImportJob, state: State): TemplateResult {
  const facts = [held.format, held.crs, held.encoding].filter(Boolean).join(" · ");
  return html`${held.error ? html`<p class="failed">${held.error.text || held.error.code}</p>` : nothing}
    ${facts ? html`<p class="hint">${facts}</p>` : nothing}
    <table>${Object.entries(held.layers).map(
      ([name, layer]) => html`<tbody><tr><td>${layerNamed(state, name)?.title ?? name}</td>
      <td>${t("import.counts", { rows: count(layer.rows), fresh: count(layer.new), known: count(layer.existing), errors: count(layer.errors) })}</td></tr></tbody>`,
    )}</table>
    ${held.unmatched.length > 0 ? html`<p class="hint">${t("import.unmatched", { names: held.unmatched.join(", ") })}</p>` : nothing}`;
}

function faultTable(faults: readonly Fault[], more: boolean): TemplateResult {
  if (faults.length === 0) return html`<p class="hint">${t("import.faults.none")}</p>`;
  return html`<h3>${t("import.faults", { count: `${count(faults.length)}${more ? "+" : ""}` })}</h3>
    <div class="scroll"><table class="faults"><thead><tr><th>${t("import.row")}</th><th>${t("import.field")}</th><th>${t("import.rule")}</th><th>${t("import.got")}</th><th>${t("import.wanted")}</th></tr></thead>
    <tbody>${faults.map(faultRow)}</tbody></table></div>`;
}

/** What was got and wanted, and under it the sentence in the reader's language. */
function faultRow(fault: Fault): TemplateResult {
  return html`<tr class=${fault.severity}><td>${fault.row ?? ""}</td><td>${fault.field ? word("field", fault.field) : ""}</td><td>${word("rule", fault.rule)}</td><td>${fault.got ?? ""}</td><td>${fault.wanted ?? ""}</td></tr>
    ${fault.text ? html`<tr class="said"><td></td><td colspan="4"><small>${fault.text}</small></td></tr>` : nothing}`;
}

function decision({ report: held }: ImportJob, busy: boolean): TemplateResult {
  const layers = Object.values(held.layers);
  const errors = layers.reduce((sum, layer) => sum + layer.errors, 0);
  const good = layers.reduce((sum, layer) => sum + layer.new + layer.existing, 0);
  return html`<footer class="decide">
    <button name="reject" ?disabled=${busy} @click=${() => void decide("reject", "all")}>${t("import.reject")}</button>
    ${errors > 0 && good > 0 ? html`<button name="good" ?disabled=${busy} @click=${() => void decide("publish", "good")}>${t("import.publishGood")}</button>` : nothing}
    <button name="publish" class="primary" ?disabled=${busy || errors > 0 || good === 0} @click=${() => void decide("publish", "all")}>${t("import.publish")}</button></footer>`;
}
