/** What got out and how much, for a form that is no report: a size in words, or numbers. */
import { html, nothing, type TemplateResult } from "lit";
import { LEAKS, RELEASES_SUBSTANCE } from "../store/report";
import { t, word } from "../text/i18n";
import { behaves, behaviour, type Told, told, typed } from "./behaviour";
import { RELEASE_FIELDS } from "./report_parts";

/** The fields of a kind, empty where nobody has said; `change` takes all that is told. */
export function releaseFields(
  kind: string,
  release: Told,
  change: (release: Told) => void,
): TemplateResult | typeof nothing {
  if (behaves(kind)) return html`${behaviour(kind, release, change)}`;
  if (!RELEASES_SUBSTANCE.has(kind)) return nothing;
  return html`<label>${t("report.leak")}<select name="leak" @change=${(event: Event) => change(told(release, "leak", (event.target as HTMLSelectElement).value || null))}>
      <option value=""></option>${LEAKS.map((size) => html`<option value=${size} ?selected=${release.leak === size}>${t(`report.leak.${size}`)}</option>`)}</select></label>
    <details class="exact" ?open=${RELEASE_FIELDS.some((field) => release[field] !== undefined)}><summary>${t("report.exact")}</summary><div class="pair">${RELEASE_FIELDS.map(
      (
        field,
      ) => html`<label>${word("release", field)}<input type="number" step="any" name=${field} .value=${String(release[field] ?? "")}
        @change=${(event: Event) => change(told(release, field, typed(event)))} /></label>`,
    )}</div></details>`;
}
