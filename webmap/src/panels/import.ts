import { html, nothing, type TemplateResult } from "lit";
import type { Fault, ImportJob } from "../api/wire";
import { another, decide, isMoving, upload } from "../store/importing";
import { tell } from "../store/notices";
import { count, quantity } from "../text/format";
import { t, word } from "../text/i18n";
import { define, Panel } from "./panel";

const CRS = ["EPSG:4326", "EPSG:4490", "GCJ-02", "BD-09", "EPSG:3857"];
const ENCODINGS = ["UTF-8", "GBK", "GB18030", "Big5"];

/** A file on its way in: checked, its faults shown, and a person decides. */
class ImportPanel extends Panel {
  static override reads = ["importing", "layers"] as const;

  protected override render(): TemplateResult {
    const { job } = this.state.importing;
    return html`<h2>${t("import.title")}</h2>${job ? this.#job(job) : this.#form()}`;
  }

  #form(): TemplateResult {
    const { importing, layers } = this.state;
    return html`<form @submit=${send}>
      <label>${t("import.file")}<input type="file" name="file" required /><small>${t("import.file.hint")}</small></label>
      <label>${t("import.layer")}<select name="layer">${layers.filter(({ name }) => name !== "incident").map(({ name, title }) => html`<option value=${name}>${title ?? name}</option>`)}</select></label>
      <label>${t("import.crs")}<input name="crs" list="crs" placeholder=${t("import.crs.auto")} /><datalist id="crs">${CRS.map((crs) => html`<option value=${crs}></option>`)}</datalist></label>
      <label>${t("import.encoding")}<input name="encoding" list="encodings" placeholder=${t("import.encoding.auto")} /><datalist id="encodings">${ENCODINGS.map((name) => html`<option value=${name}></option>`)}</datalist></label>
      <label>${t("import.map")}<input type="file" name="map" accept=".toml" /></label>
      <button class="primary wide" ?disabled=${importing.busy}>${t("import.send")}</button>
    </form>`;
  }

  #job(job: ImportJob): TemplateResult {
    const { faults, total, busy } = this.state.importing;
    const done = number(job.progress.done ?? job.progress.rows);
    const whole = number(job.progress.total);
    return html`<p class="job ${job.status}"><b>${job.file_name}</b> <span class="badge">${word("import.status", job.status)}</span></p>
      ${isMoving(job.status) ? html`<progress max=${whole ?? 1} .value=${whole ? (done ?? 0) : undefined}></progress>` : nothing}
      ${done !== null ? html`<small>${count(done)}${whole ? ` / ${count(whole)}` : ""}</small>` : nothing}
      ${report(job.report)}
      ${isMoving(job.status) ? nothing : faultTable(faults, total)}
      ${
        job.status === "staged"
          ? html`<footer class="decide">
        <button ?disabled=${busy} @click=${() => void decide("reject", "all")}>${t("import.reject")}</button>
        ${faults.length > 0 ? html`<button ?disabled=${busy} @click=${() => void decide("publish", "good")}>${t("import.publishGood")}</button>` : nothing}
        <button class="primary" ?disabled=${busy || faults.some((fault) => fault.severity === "error")} @click=${() => void decide("publish", "all")}>${t("import.publish")}</button></footer>`
          : nothing
      }
      ${isMoving(job.status) || job.status === "staged" ? nothing : html`<button class="wide" @click=${another}>${t("import.again")}</button>`}`;
  }
}

function number(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

/** The plain counts and the reason of a job's report; lists have their own table. */
function report(body: Record<string, unknown>): TemplateResult | typeof nothing {
  const rows = Object.entries(body).filter(
    ([, value]) => typeof value === "number" || typeof value === "string",
  );
  if (rows.length === 0) return nothing;
  return html`<dl class="fields">${rows.map(([key, value]) => html`<dt>${word("import.report", key)}</dt><dd>${quantity(value)}</dd>`)}</dl>`;
}

function faultTable(faults: readonly Fault[], total: number | null): TemplateResult {
  if (faults.length === 0) return html`<p class="hint">${t("import.faults.none")}</p>`;
  return html`<h3>${t("import.faults", { count: count(total ?? faults.length) })}</h3>
    <div class="scroll"><table><thead><tr><th>${t("import.row")}</th><th>${t("import.field")}</th><th>${t("import.rule")}</th><th>${t("import.got")}</th><th>${t("import.wanted")}</th></tr></thead>
    <tbody>${faults.map((fault) => html`<tr class=${fault.severity}><td>${fault.row ?? ""}</td><td>${fault.field ?? ""}</td><td>${fault.message?.text || fault.rule || ""}</td><td>${quantity(fault.got)}</td><td>${quantity(fault.wanted)}</td></tr>`)}</tbody></table></div>`;
}

function send(event: Event): void {
  event.preventDefault();
  const form = new FormData(event.target as HTMLFormElement);
  const file = form.get("file");
  if (!(file instanceof File) || file.size === 0) {
    tell(t("error.file"), "error");
    return;
  }
  for (const name of ["crs", "encoding"]) if (form.get(name) === "") form.delete(name);
  const map = form.get("map");
  if (map instanceof File && map.size === 0) form.delete("map");
  void upload(form);
}

define("om-import", ImportPanel);
