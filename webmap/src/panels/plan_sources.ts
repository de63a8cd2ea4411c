/** Where every number came from: steps, inputs with their tag, models with their citations. */
import { html, nothing, type TemplateResult } from "lit";
import type { Assessment, Assumption, Model } from "../api/assessment";
import type { State } from "../store/state";
import { cited } from "../text/citation";
import { quantity } from "../text/format";
import { has, t, word } from "../text/i18n";
import { unitOf } from "../text/unit";
import { caution } from "./caution";
import { tag } from "./parts";
import { sheet } from "./plan_sheet";

export function sources(plan: Assessment, state: State): TemplateResult {
  return html`${sheet(plan, state)}<h3>${t("sources.steps")}</h3>
    <ul class="steps">${plan.steps.map(
      (
        step,
      ) => html`<li class=${step.status}><span>${word("step.name", step.name)}</span><b>${word("step", step.status)}</b>
      <small>${step.reason?.text || step.reason?.code || (step.duration_ms === null ? "" : `${Math.round(step.duration_ms)} ms`)}</small></li>`,
    )}</ul>
    <h3>${t("plan.assumed")}</h3>
    <ul class="inputs">${plan.assumed.map(inputRow)}</ul>
    <h3>${t("sources.models")}</h3>${plan.models.map((model) => modelDetails(model, apart(model, plan.models)))}`;
}

function inputRow(entry: Assumption): TemplateResult {
  const { source } = entry;
  const why = [source?.text || source?.code, source?.source]
    .filter((part) => typeof part === "string" && part !== "")
    .map((part) => cited(String(part)))
    .join(" · ");
  return html`<li>${tag(entry.tag)}<span>${entry.title ?? word("input", entry.field)}</span><b>${inputValue(entry)}</b>${why ? html`<small>${why}</small>` : nothing}</li>`;
}

/** A value that is a word of the program (rural, large) in the reader's words. */
export function inputValue({ value, unit }: Assumption): string {
  return typeof value === "string" ? choice(value) : quantity(value, unit);
}

/** The input that sets a run apart from the others of the same model; empty where it is the only one. */
function apart(model: Model, all: readonly Model[]): string {
  const others = all.filter((other) => other !== model && other.name === model.name);
  const differs = Object.entries(model.inputs).find(
    ([name, value]) =>
      typeof value === "number" && others.some(({ inputs }) => inputs[name] !== value),
  );
  if (!differs) return "";
  const [name, value] = differs;
  return `${word("model.input", name)} ${quantity(value, unitOf(name))}`;
}

export function modelDetails(model: Model, note = ""): TemplateResult {
  return html`<details class="model"><summary><b>${model.title ?? word("model", model.name)}</b> <small>${note || nothing}</small></summary>
    ${model.version ? html`<p class="set">${t("sources.version")} <b>${model.version}</b></p>` : nothing}
    ${model.coefficients ? html`<p class="set">${t("sources.set")} <b>${model.coefficients.name}</b></p>` : nothing}
    ${table(t("sources.inputs"), model.inputs)}${steps(model)}${table(t("sources.values"), model.values)}
    ${model.validity.length > 0 ? html`<h4>${t("sources.validity")}</h4><ul>${model.validity.map((code) => html`<li>${word("model.validity", code)}</li>`)}</ul>` : nothing}
    ${model.sources.length > 0 ? html`<h4>${t("sources.cited")}</h4><ul>${model.sources.map((line) => html`<li>${cited(line)}</li>`)}</ul>` : nothing}
    ${model.warnings.length > 0 ? html`<h4>${t("sources.warnings")}</h4>${caution(model.warnings)}` : nothing}</details>`;
}

/** What was chosen by name, in the reader's words. */
function choice(name: string): string {
  return has(`value.${name}`) ? word("value", name) : word("model.choice", name);
}

/** The numbers on the way, each with its equation, to be checked by hand. */
function steps(model: Model): TemplateResult | typeof nothing {
  if (model.steps.length === 0) return nothing;
  return html`<h4>${t("sources.steps.model")}</h4><dl class="fields mono working">${model.steps.map(
    ({ name, equation, value, unit }) =>
      html`<dt>${word("model.input", name)}<small>${equation}</small></dt><dd>${typeof value === "string" ? choice(value) : quantity(value, unit)}</dd>`,
  )}</dl>`;
}

function table(title: string, values: Record<string, unknown>): TemplateResult | typeof nothing {
  const rows = Object.entries(values).filter(
    ([, value]) => value !== null && typeof value !== "object",
  );
  if (rows.length === 0) return nothing;
  return html`<h4>${title}</h4><dl class="fields mono">${rows.map(([name, value]) => html`<dt>${word("model.input", name)}</dt><dd>${typeof value === "string" ? choice(value) : quantity(value, unitOf(name))}</dd>`)}</dl>`;
}
