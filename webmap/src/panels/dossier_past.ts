/** What happened here, and who changed what is on record. */
import { html, nothing, type TemplateResult } from "lit";
import type { Dossier, DossierKind, PastChange } from "../api/dossier";
import type { WireFeature } from "../api/wire";
import { openCard } from "../store/browse";
import { layerNamed, type State } from "../store/state";
import { day } from "../text/format";
import { nameOf, t, word } from "../text/i18n";
import { symbol } from "./symbol";

export function past(file: Dossier, kind: DossierKind, state: State): TemplateResult {
  return html`<h3>${t("dossier.incidents")}</h3>${events(file.incidents, "incident")}
    <h3>${t("dossier.accidents")}</h3>${events(file.accidents, "accident")}
    <h3>${t("dossier.history")}</h3>${changes(file.history, kind, state)}`;
}

function events(list: readonly WireFeature[], layer: string): TemplateResult {
  if (list.length === 0) return html`<p class="hint">${t("dossier.none")}</p>`;
  return html`<ul>${list.map(({ id, properties }) => {
    const at =
      typeof properties.occurred_at === "string" ? Date.parse(properties.occurred_at) : Number.NaN;
    const hurt = (["dead", "serious"] as const)
      .filter((name) => typeof properties[name] === "number" && properties[name] !== 0)
      .map((name) => t(`dossier.${name}`, { count: Number(properties[name]) }));
    return html`<li><button class="row" @click=${() => void openCard(layer, String(id))}>${symbol(layer, String(properties.kind ?? ""))}
      <span class="name">${nameOf(properties) ?? String(properties.title ?? word("kind", String(properties.kind)))}<small>${[Number.isNaN(at) ? "" : day(at), ...hurt].filter(Boolean).join(" · ")}</small></span></button></li>`;
  })}</ul>`;
}

function changes(list: readonly PastChange[], kind: DossierKind, state: State): TemplateResult {
  if (list.length === 0) return html`<p class="hint">${t("dossier.none")}</p>`;
  const fields = layerNamed(state, kind)?.fields ?? [];
  const title = (name: string): string => fields.find((one) => one.name === name)?.title ?? name;
  return html`<table><tbody>${list.map(
    (
      change,
    ) => html`<tr><td>${day(Date.parse(change.at))}</td><td>${word("change", change.op)}</td><td>${change.actor ?? nothing}</td>
      <td>${change.fields.map(title).join(", ")}</td></tr>`,
  )}</tbody></table>`;
}
