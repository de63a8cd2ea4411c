/** The last two steps: what the file would change, and what it changed. */
import type { Point } from "geojson";
import { html, nothing, type TemplateResult } from "lit";
import { CHANGE_KINDS, type EditedRow, type RowChange } from "../api/imports";
import type { LayerField } from "../api/wire";
import { focusOn, openCard } from "../store/browse";
import { errorCount, goodCount } from "../store/import_form";
import {
  moreChanges,
  publish,
  reject,
  setRemoveGone,
  showChanges,
  showStep,
  takeBack,
} from "../store/importing";
import type { Changes, Importing } from "../store/planner";
import { layerNamed, type State } from "../store/state";
import { count, place, quantity } from "../text/format";
import { t, word } from "../text/i18n";

export function changesStep(state: State): TemplateResult {
  const { importing } = state;
  return html`${importing.changes ? comparison(importing.changes, state) : html`<p class="hint">${t("import.comparing")}</p>`}
    ${gone(importing)}${decision(importing)}`;
}

export function publishStep(state: State): TemplateResult {
  const { importing } = state;
  const { job, taken } = importing;
  if (!job) return html``;
  if (job.status === "staged") return html`${changesStep(state)}`;
  if (job.status === "publishing") return html`<p class="hint">${t("import.publishing")}</p>`;
  return html`${taken ? html`<p class="passed">${t("import.taken", { restored: count(taken.restored), removed: count(taken.removed) })}</p>` : nothing}
    ${importing.changes ? comparison(importing.changes, state) : nothing}
    ${editedList(importing, state)}
    ${job.status === "published" ? html`<footer class="decide"><button name="take-back" ?disabled=${importing.busy} @click=${() => void takeBack(false)}>${t("import.takeBack")}</button></footer>` : nothing}`;
}

/** New, changed, unchanged, gone: counted for each layer, and row by row. */
function comparison(changes: Changes, state: State): TemplateResult {
  const layers = Object.entries(changes.counts);
  const total = (kind: (typeof CHANGE_KINDS)[number]): number =>
    layers.reduce((sum, [, counts]) => sum + counts[kind], 0);
  return html`<div class="change-tabs" role="tablist">${CHANGE_KINDS.map(
    (
      kind,
    ) => html`<button role="tab" name="changes-${kind}" aria-selected=${kind === changes.kind} @click=${() => void showChanges(kind, changes.layer)}>
      <b>${count(total(kind))}</b>${t(`import.change.${kind}`)}</button>`,
  )}</div>
    ${
      layers.length > 1
        ? html`<label>${t("import.layer")}<select name="change_layer" @change=${(event: Event) => void showChanges(changes.kind, (event.target as HTMLSelectElement).value || null)}>
      <option value="">${t("layers.all")}</option>${layers.map(([name]) => html`<option value=${name} ?selected=${name === changes.layer}>${layerNamed(state, name)?.title ?? name}</option>`)}</select></label>`
        : nothing
    }
    ${changes.rows.length === 0 ? html`<p class="hint">${t("import.change.none")}</p>` : nothing}
    <ul class="changes">${changes.rows.map((row) => change(row, changes, state))}</ul>
    ${changes.next === null ? nothing : html`<button class="wide" @click=${() => void moreChanges()}>${t("list.more")}</button>`}`;
}

function change(row: RowChange, { layer, counts }: Changes, state: State): TemplateResult {
  const name = layer ?? Object.keys(counts)[0] ?? "";
  const fields = layerNamed(state, name)?.fields ?? [];
  return html`<li><button class="row" @click=${() => focusOn(name, row.id ?? "", row.lon, row.lat)}>
      <span class="name">${row.name ?? t("card.unnamed")}</span>${row.row ? html`<small>${t("import.rowNumber", { row: row.row })}</small>` : nothing}</button>
    ${
      row.fields.length > 0
        ? html`<table class="diff"><tbody>${row.fields.map(
            ({
              field,
              before,
              after,
            }) => html`<tr><th>${fields.find((one) => one.name === field)?.title ?? word("field", field)}</th>
      <td>${row.kind === "new" ? nothing : html`<del>${shown(before, field, fields)}</del>`}</td><td><ins>${shown(after, field, fields)}</ins></td></tr>`,
          )}</tbody></table>`
        : nothing
    }</li>`;
}

/** A value as people read it: a code by its word, a point by its place. */
function shown(value: unknown, field: string, fields: readonly LayerField[]): string {
  const known = fields.find(({ name }) => name === field);
  const title = known?.domain?.find((entry) => entry.value === String(value))?.title;
  if (title) return title;
  const geometry = typeof value === "object" && value !== null ? (value as Partial<Point>) : null;
  if (geometry?.type === "Point" && geometry.coordinates) {
    const [lon = 0, lat = 0] = geometry.coordinates;
    return place(lon, lat);
  }
  return typeof geometry?.type === "string"
    ? word("geometry", geometry.type)
    : quantity(value, known?.unit);
}

/** Rows of the same source that the file no longer has stay, unless a person says otherwise. */
function gone({ job, changes, removeGone }: Importing): TemplateResult | typeof nothing {
  const number = Object.values(changes?.counts ?? {}).reduce((sum, counts) => sum + counts.gone, 0);
  if (job?.status !== "staged" || number === 0) return nothing;
  return html`<label class="check"><input type="checkbox" name="remove_gone" .checked=${removeGone} @change=${(event: Event) => setRemoveGone((event.target as HTMLInputElement).checked)} />${t("import.removeGone", { count: count(number) })}</label>`;
}

function decision({ job, busy }: Importing): TemplateResult | typeof nothing {
  if (job?.status !== "staged") return nothing;
  const [errors, good] = [errorCount(job), goodCount(job)];
  return html`${errors > 0 ? html`<p class="hint">${t("import.errorsLeft", { count: count(errors) })} <button class="link-button" @click=${() => showStep("adjust")}>${t("import.adjust")}</button></p>` : nothing}
    <footer class="decide">
    <button name="reject" ?disabled=${busy} @click=${() => void reject()}>${t("import.reject")}</button>
    ${errors > 0 && good > 0 ? html`<button name="good" ?disabled=${busy} @click=${() => void publish(true)}>${t("import.publishGood")}</button>` : nothing}
    <button name="publish" class="primary" ?disabled=${busy || errors > 0 || good === 0} @click=${() => void publish(false)}>${t("import.publish")}</button></footer>`;
}

/** What people edited since: it stops the taking back until they say that it may stay. */
function editedList(
  { edited, job, busy }: Importing,
  state: State,
): TemplateResult | typeof nothing {
  if (edited.length === 0) return nothing;
  return html`<section class="big-warning" role="alert"><p>${t("import.edited", { count: edited.length })}</p>
    <ul>${edited.map((row) => editedRow(row, state))}</ul>
    ${job?.status === "published" ? html`<button class="primary" name="keep-edited" ?disabled=${busy} @click=${() => void takeBack(true)}>${t("import.takeBack.keep")}</button>` : nothing}</section>`;
}

function editedRow({ layer, id, name }: EditedRow, state: State): TemplateResult {
  return html`<li><button class="row" @click=${() => void openCard(layer, id)}><span class="name">${name ?? id}</span><small>${layerNamed(state, layer)?.title ?? layer}</small></button></li>`;
}
