/** What to mind about a result: each point by itself, constants that nobody checked as one line. */
import { html, nothing, type TemplateResult } from "lit";
import type { Message } from "../api/wire";
import { cited } from "../text/citation";
import { t } from "../text/i18n";

/** A constant that was not checked is told by its source; there are often several. */
const UNCHECKED = "hazard.uncertain_constants";

export function caution(lines: readonly Message[]): TemplateResult | typeof nothing {
  if (lines.length === 0) return nothing;
  const unchecked = lines.filter(({ code }) => code === UNCHECKED);
  const rest = lines.filter(({ code }) => code !== UNCHECKED);
  return html`${rest.length > 0 ? html`<ul class="warnings">${rest.map((line) => html`<li>${line.text || line.code}</li>`)}</ul>` : nothing}
    ${
      unchecked.length > 0
        ? html`<details class="unchecked"><summary>${t("plan.counted", { label: t("sources.unchecked"), count: unchecked.length })}</summary>
      <ul>${[...new Set(unchecked.map(constant))].map((line) => html`<li>${line}</li>`)}</ul></details>`
        : nothing
    }`;
}

/** "TNO Purple Book, table 4.8 (from memory, to be checked)": the mark is told once. */
function constant({ params, source, text }: Message): string {
  const from = typeof params.source === "string" ? params.source : source;
  if (!from) return text;
  const { certainty } = params;
  return cited(from.endsWith("]") || !certainty ? from : `${from} [${String(certainty)}]`);
}
