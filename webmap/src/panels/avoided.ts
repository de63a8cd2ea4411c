/** What a way went round: zones and closures by name, and what that cost. */
import { html, nothing, type TemplateResult } from "lit";
import type { Avoided } from "../api/assessment";
import { countdown } from "../text/format";
import { has, t, word } from "../text/i18n";

export function avoidedList(
  avoided: readonly Avoided[],
  seconds: number | null,
): TemplateResult | typeof nothing {
  if (avoided.length === 0) return nothing;
  return html`<p class="avoided"><span>${t("ways.avoided")}</span>
    ${avoided.map((one) => html`<span class="tag">${avoidedName(one)}</span>`)}
    ${seconds ? html`<b>${t("forces.avoided", { time: countdown(seconds) })}</b>` : nothing}</p>`;
}

function avoidedName({ kind, name, level }: Avoided): string {
  const what = has(`closure.${kind}`) ? "closure" : "value.road_closure.kind";
  return [word(what, kind), level ? word("level", level) : null, name].filter(Boolean).join(" ");
}
