/** What is asked about a fire or a flood, where nothing is released: fuel, moisture, water level. */
import { html, nothing, type TemplateResult } from "lit";
import { t, word } from "../text/i18n";

export type Told = Record<string, number | string>;

/** The thirteen fuel models of Anderson 1982, by number. */
const FUELS = Array.from({ length: 13 }, (_, index) => String(index + 1));
const NUMBERS: Readonly<Record<string, readonly string[]>> = {
  forest_fire: ["fuel_moisture_pct"],
  flood: ["rise_m", "stage_m"],
};

/** The number typed into a field; empty is unknown, never zero. */
export function typed(event: Event): number | null {
  const { value, valueAsNumber } = event.target as HTMLInputElement;
  return value.trim() === "" || !Number.isFinite(valueAsNumber) ? null : valueAsNumber;
}

/** The same with one field said; null takes it back. */
export function told(release: Told, field: string, value: number | string | null): Told {
  const { [field]: _, ...others } = release;
  return value === null ? others : { ...others, [field]: value };
}

export function behaves(kind: string): boolean {
  return kind in NUMBERS;
}

/** The fields of a kind, empty where nobody has said; `change` takes all that is told. */
export function behaviour(
  kind: string,
  release: Told,
  change: (release: Told) => void,
): TemplateResult | typeof nothing {
  const numbers = NUMBERS[kind];
  if (!numbers) return nothing;
  return html`${kind === "forest_fire" ? fuel(release, change) : nothing}
    ${numbers.map(
      (field) => html`<label>${word("release", field)}
      <input type="number" step="any" name=${field} placeholder=${t("report.wind.unknown")} .value=${String(release[field] ?? "")}
        @change=${(event: Event) => change(told(release, field, typed(event)))} /></label>`,
    )}`;
}

function fuel(release: Told, change: (release: Told) => void): TemplateResult {
  return html`<label>${t("release.fuel_model")}
    <select name="fuel_model" @change=${(event: Event) => change(told(release, "fuel_model", (event.target as HTMLSelectElement).value || null))}>
      <option value="">${t("report.wind.unknown")}</option>
      ${FUELS.map((code) => html`<option value=${code} ?selected=${release.fuel_model === code}>${code} ${word("fuel", code)}</option>`)}
    </select></label>`;
}
