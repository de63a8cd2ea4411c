/** The fields of another run: what it starts from, and wind, amount and model where they differ. */
import { html, nothing, type TemplateResult } from "lit";
import type { RunInputs } from "../store/run_inputs";
import { t, word } from "../text/i18n";
import { typed } from "./behaviour";
import { releaseFields } from "./release_parts";

/** Where a cloud drifts, its model and the swing of the wind can be chosen. */
const DRIFTS: ReadonlySet<string> = new Set(["toxic_release", "flash_fire"]);
const ENGINES = [
  "gaussian_plume",
  "finite_release",
  "gaussian_puff",
  "slab",
  "britter_mcquaid_plume",
  "britter_mcquaid_puff",
] as const;

export interface Base {
  id: string;
  title: string;
}

export function runFields(
  kind: string,
  inputs: RunInputs,
  bases: readonly Base[],
  change: (patch: Partial<RunInputs>) => void,
): TemplateResult {
  return html`<label class="whole">${t("run.base")}<select name="base" @change=${(event: Event) => change({ base: (event.target as HTMLSelectElement).value })}>
      ${bases.map(({ id, title }) => html`<option value=${id} ?selected=${id === inputs.base}>${title}</option>`)}
      <option value="" ?selected=${inputs.base === ""}>${t("run.base.report")}</option></select></label>
    <p class="hint whole">${inputs.base === "" ? t("run.rest.report") : t("run.rest")}</p>
    ${kind === "flood" ? nothing : wind(inputs, change)}
    ${DRIFTS.has(kind) ? drift(inputs, change) : nothing}
    ${releaseFields(kind, inputs.release, (release) => change({ release }))}`;
}

function wind(
  { speed, from }: RunInputs,
  change: (patch: Partial<RunInputs>) => void,
): TemplateResult {
  return html`<label>${t("report.wind.speed")}<input type="number" name="wind_speed" min="0" max="100" step="any" .value=${String(speed ?? "")} @change=${(event: Event) => change({ speed: typed(event) })} /></label>
    <label>${t("report.wind.from")}<input type="number" name="wind_from" min="0" max="360" step="any" .value=${String(from ?? "")} @change=${(event: Event) => change({ from: typed(event) })} /></label>`;
}

function drift(
  { swing, engine }: RunInputs,
  change: (patch: Partial<RunInputs>) => void,
): TemplateResult {
  return html`<label>${t("plan.rerun.swing")}<input type="number" name="wind_swing" min="0" max="180" step="any" .value=${String(swing ?? "")} @change=${(event: Event) => change({ swing: typed(event) })} /></label>
    <label>${t("plan.rerun.engine")}<select name="engine" @change=${(event: Event) => change({ engine: (event.target as HTMLSelectElement).value })}>
      <option value="">${t("plan.rerun.engine.rule")}</option>
      ${ENGINES.map((name) => html`<option value=${name} ?selected=${name === engine}>${word("model", name)}</option>`)}</select></label>`;
}
