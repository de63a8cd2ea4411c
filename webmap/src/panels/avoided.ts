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
  // A plan may have two zones of one level and hazard: they read as one.
  const names = [...new Set(avoided.map(avoidedName))];
  return html`<p class="avoided"><span>${t("ways.avoided")}</span>
    ${names.map((name) => html`<span class="tag">${name}</span>`)}
    ${seconds ? html`<b>${t("forces.avoided", { time: countdown(seconds) })}</b>` : nothing}</p>`;
}

/** A zone is called by its level and its hazard, a closed road by its kind and its name. */
export function avoidedName({ kind, name, level }: Avoided): string {
  const what = has(`closure.${kind}`) ? "closure" : "value.road_closure.kind";
  const called = name !== null && kind === "zone" ? word("hazard", name) : name;
  return [level ? word("level", level) : word(what, kind), called].filter(Boolean).join(" ");
}
