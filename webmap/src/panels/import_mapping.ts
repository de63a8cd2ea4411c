/** Which column fills which field, or what the file's own layer is to be. */
import { html, nothing, type TemplateResult } from "lit";
import type { Column } from "../api/imports";
import type { Layer } from "../api/wire";
import { columns } from "../store/import_form";
import { downloadTemplate, editForm, mapField } from "../store/importing";
import type { Importing, OwnLayer } from "../store/planner";
import { layerNamed, may, type State } from "../store/state";
import { t } from "../text/i18n";
import { styleForm } from "./style_form";

export function mapping(state: State): TemplateResult {
  const { importing } = state;
  const { form } = importing;
  const layer = layerNamed(state, form.layer);
  return html`<h3>${t("import.target")}</h3>${target(state)}
    ${form.own ? own(form.own, importing) : nothing}
    ${!form.own && layer ? fieldTable(layer, importing) : nothing}
    <div class="pair"><label>${t("import.source")}<input name="source" maxlength="400" .value=${form.source} @change=${(event: Event) => editForm({ source: (event.target as HTMLInputElement).value })} /></label>
      <label>${t("import.sourceDate")}<input type="date" name="source_date" .value=${form.sourceDate} @change=${(event: Event) => editForm({ sourceDate: (event.target as HTMLInputElement).value })} /></label></div>`;
}

const OWN = "\u0000own";

function target(state: State): TemplateResult {
  const { form, job } = state.importing;
  const targets = state.layers.filter(({ name }) => name !== "incident");
  const remembered = job?.analysis?.proposed?.source_remembered === true;
  return html`<div class="target"><select name="layer" aria-label=${t("import.layer")} @change=${(event: Event) => chooseTarget(state, (event.target as HTMLSelectElement).value)}>
      <option value="" ?selected=${!form.layer && !form.own}>${t("import.layer.choose")}</option>
      ${may(state, "layers.write") ? html`<option value=${OWN} ?selected=${form.own !== null}>${t("import.own")}</option>` : nothing}
      ${targets.map(({ name, title }) => html`<option value=${name} ?selected=${!form.own && name === form.layer}>${title ?? name}</option>`)}</select>
    ${form.layer && !form.own ? html`<button type="button" class="ghost" name="template" @click=${() => void downloadTemplate(form.layer)}>${t("import.template")}</button>` : nothing}</div>
    ${remembered ? html`<p class="tag measured">${t("import.mapping.remembered")}</p>` : nothing}`;
}

function chooseTarget(state: State, value: string): void {
  const { job, form } = state.importing;
  if (value === OWN) {
    const title = (job?.file_name ?? "").replace(/\.[^.]+$/, "");
    const style = { color: "#38bdf8", symbol: "dot", label_field: null, min_zoom: null };
    editForm({ layer: "", own: { title, access: "region", style }, fields: {} });
    return;
  }
  const { proposed } = job?.analysis ?? {};
  const fields =
    proposed && proposed.layer === value
      ? proposed.fields
      : sameNames(columns(job, form), layerNamed(state, value));
  editForm({ layer: value, own: null, fields });
}

/** Columns named as the fields are, or as their titles. */
function sameNames(all: readonly Column[], layer: Layer | null): Record<string, string> {
  const plain = (word: string): string => word.toLowerCase().replaceAll(/[\s_-]/g, "");
  const found: Record<string, string> = {};
  for (const field of layer?.fields ?? []) {
    const names = [field.name, field.title ?? ""].map(plain);
    const column = all.find(({ name }) => names.includes(plain(name)));
    if (column) found[field.name] = column.name;
  }
  return found;
}

/** The fields of the layer, each with the column that fills it and what that column holds. */
function fieldTable(layer: Layer, importing: Importing): TemplateResult {
  const { form, job } = importing;
  const all = columns(job, form);
  if (all.length === 0) return html``;
  const used = new Set(Object.values(form.fields));
  const unused = all.filter(({ name }) => !used.has(name));
  return html`<table class="mapping"><thead><tr><th>${t("import.field")}</th><th>${t("import.column")}</th><th>${t("import.examples")}</th></tr></thead>
    <tbody>${layer.fields.map((field) => {
      const chosen = form.fields[field.name] ?? "";
      const missing = field.required && chosen === "";
      return html`<tr class=${missing ? "missing" : ""}><td>${field.title ?? field.name}${field.required ? html` <b class="warn" title=${t("import.required")}>*</b>` : nothing}</td>
        <td><select data-field=${field.name} aria-label=${field.title ?? field.name} @change=${(event: Event) => mapField(field.name, (event.target as HTMLSelectElement).value)}>
          <option value="" ?selected=${chosen === ""}>—</option>
          ${all.map(({ name }) => html`<option value=${name} ?selected=${name === chosen}>${name}</option>`)}</select></td>
        <td><small>${examples(all.find(({ name }) => name === chosen))}</small></td></tr>`;
    })}</tbody></table>
    ${unused.length > 0 ? html`<p class="hint">${t("import.unmatched", { names: unused.map(({ name }) => name).join(", ") })}</p>` : nothing}`;
}

function examples(column: Column | undefined): string {
  return (column?.examples ?? []).filter((text) => text !== null && text !== "").join(" · ");
}

function own(layer: OwnLayer, importing: Importing): TemplateResult {
  const { form, job } = importing;
  const edit = (change: Partial<OwnLayer>): void => editForm({ own: { ...layer, ...change } });
  return html`<fieldset class="own"><label>${t("own.title")}<input name="own_title" required maxlength="120" .value=${layer.title} @input=${(event: Event) => edit({ title: (event.target as HTMLInputElement).value })} /></label>
    ${styleForm(
      layer.style,
      columns(job, form).map(({ name }) => ({ name, title: name })),
      (style) => edit({ style }),
    )}
    <label>${t("own.access")}<select name="own_access" @change=${(event: Event) => edit({ access: (event.target as HTMLSelectElement).value })}>
      ${(["open", "region", "restricted"] as const).map((access) => html`<option value=${access} ?selected=${access === layer.access}>${t(`own.access.${access}`)}</option>`)}</select></label></fieldset>`;
}
