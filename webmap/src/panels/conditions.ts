/** Conditions on a layer's fields: a row each, and the CQL2 text that they make. */
import { html, nothing, type TemplateResult } from "lit";
import type { Layer, LayerField } from "../api/wire";
import { setConditions, setFilter } from "../store/asking";
import { type Condition, needsValue, type Operator, operatorsFor } from "../store/cql";
import { layerNamed, type State } from "../store/state";
import { t } from "../text/i18n";
import { ICONS } from "./icons";

/** One group of conditions for each layer that is asked for by name. */
export function conditions(
  state: State,
  asked: readonly string[],
): TemplateResult | typeof nothing {
  const { layers } = state.asking;
  if (layers.size === 0) return html`<p class="hint">${t("query.conditions.hint")}</p>`;
  return html`${asked.map((name) => {
    const layer = layerNamed(state, name);
    return layer ? group(layer, state) : nothing;
  })}`;
}

function group(layer: Layer, { asking }: State): TemplateResult {
  const held = asking.conditions[layer.name] ?? [];
  const filter = asking.filters[layer.name] ?? "";
  const change = (next: readonly Condition[]): void => setConditions(layer.name, next);
  const first = layer.fields[0];
  return html`<fieldset class="conditions" data-layer=${layer.name}><legend>${t("query.conditions", { layer: layer.title ?? layer.name })}</legend>
    ${held.map((one, index) => row(layer, one, (next) => change(next ? held.map((each, at) => (at === index ? next : each)) : held.filter((_, at) => at !== index))))}
    <button type="button" name="add-condition" ?disabled=${!first} @click=${() => first && change([...held, fresh(first)])}>${t("query.condition.add")}</button>
    <details ?open=${held.length === 0 && filter !== ""}><summary>CQL2</summary>
      <textarea name="cql" rows="3" spellcheck="false" aria-label="CQL2" placeholder=${t("query.cql.example")} .value=${filter} @change=${(event: Event) => setFilter(layer.name, (event.target as HTMLTextAreaElement).value)}></textarea></details>
  </fieldset>`;
}

const fresh = (field: LayerField): Condition => ({
  field: field.name,
  operator: operatorsFor(field.type)[0] ?? "eq",
  value: field.domain?.[0]?.value ?? "",
});

function row(
  layer: Layer,
  condition: Condition,
  change: (next: Condition | null) => void,
): TemplateResult {
  const field = layer.fields.find(({ name }) => name === condition.field);
  return html`<div class="condition">
    <select aria-label=${t("query.condition.field")} @change=${(event: Event) => {
      const { value } = event.target as HTMLSelectElement;
      const chosen = layer.fields.find(({ name }) => name === value);
      if (chosen) change(fresh(chosen));
    }}>${layer.fields.map(({ name, title }) => html`<option value=${name} ?selected=${name === condition.field}>${title ?? name}</option>`)}</select>
    <select aria-label=${t("query.condition.operator")} @change=${(event: Event) => change({ ...condition, operator: (event.target as HTMLSelectElement).value as Operator })}>
      ${operatorsFor(field?.type ?? "text").map((operator) => html`<option value=${operator} ?selected=${operator === condition.operator}>${t(`query.operator.${operator}`)}</option>`)}</select>
    ${needsValue(condition.operator) ? valueInput(field, condition, change) : nothing}
    <button type="button" class="ghost" aria-label=${t("query.condition.remove")} @click=${() => change(null)}>${ICONS.close}</button></div>`;
}

const INPUTS: Readonly<Record<string, string>> = {
  integer: "number",
  number: "number",
  date: "date",
  time: "datetime-local",
};

function valueInput(
  field: LayerField | undefined,
  condition: Condition,
  change: (next: Condition) => void,
): TemplateResult {
  const set = (event: Event): void =>
    change({ ...condition, value: (event.target as HTMLInputElement | HTMLSelectElement).value });
  const choices =
    field?.type === "boolean"
      ? ["true", "false"].map((value) => ({ value, title: value === "true" ? t("yes") : t("no") }))
      : (field?.domain ?? []);
  const label = t("query.condition.value");
  if (choices.length > 0 && (condition.operator === "eq" || condition.operator === "ne"))
    return html`<select name="value" aria-label=${label} @change=${set}>${choices.map(({ value, title }) => html`<option value=${value} ?selected=${value === condition.value}>${title ?? value}</option>`)}</select>`;
  return html`<input name="value" type=${INPUTS[field?.type ?? ""] ?? "text"} step="any" aria-label=${label} .value=${condition.value} @change=${set} />`;
}
