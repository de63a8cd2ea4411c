/** Units and substances: what is held, and the GB 18218 grade with its working. */
import { html, nothing, type TemplateResult } from "lit";
import type { Dossier, Grading, HeldSubstance, Source } from "../api/dossier";
import { openCard } from "../store/browse";
import { layerNamed, type State } from "../store/state";
import { cited } from "../text/citation";
import { count, NUMERALS, quantity } from "../text/format";
import { nameOf, t, word } from "../text/i18n";
import { symbol } from "./symbol";

const COLOURS: Readonly<Record<string, string>> = {
  "1": "red",
  "2": "orange",
  "3": "yellow",
  "4": "blue",
};

/** A major-hazard grade, or that it is none or undecided. */
export function gradeBadge(grade: string): TemplateResult {
  const colour = COLOURS[grade];
  const title = word("dossier.level", grade);
  if (!colour) return html`<span class="tag">${title}</span>`;
  return html`<span class="level ${colour}" title=${title}>${NUMERALS[grade]}</span>`;
}

export function units(file: Dossier, state: State): TemplateResult {
  if (file.hazard_sources.length === 0 && file.substances.length === 0)
    return html`<p class="hint">${t("dossier.noUnits")}</p>`;
  return html`${file.hazard_sources.map((source) => unit(source, state))}
    ${file.substances.length > 0 ? html`<h3>${t("dossier.substances")}</h3>${file.substances.map(substance)}` : nothing}`;
}

function unit({ feature, tanks, grading }: Source, state: State): TemplateResult {
  const { properties } = feature;
  const grade = grading?.level ?? "undecided";
  const kinds = layerNamed(state, "hazard_source")?.fields.find(({ name }) => name === "unit_kind");
  const kind = kinds?.domain?.find(({ value }) => value === properties.unit_kind)?.title;
  return html`<section class="unit" data-unit=${String(feature.id)}>
    <header>${symbol("hazard_source", String(properties.grade ?? ""), 24)}
      <button class="link-button" @click=${() => void openCard("hazard_source", String(feature.id))}>${nameOf(properties) ?? t("card.unnamed")}</button>
      <small>${[kind, properties.substance, typeof properties.quantity_t === "number" ? quantity(properties.quantity_t, "t") : ""].filter(Boolean).join(" · ")}</small></header>
    <p class="grades"><span>${t("dossier.filed")} ${properties.grade ? gradeBadge(String(properties.grade)) : html`<span class="tag">${t("statistics.none")}</span>`}</span>
      <span>${t("dossier.computed")} ${gradeBadge(grade)}</span>
      ${grading?.differs ? html`<b class="warn">${t("dossier.differs")}</b>` : nothing}</p>
    ${tanks.length > 0 ? html`<p>${t("dossier.tanks", { count: tanks.length })} ${tanks.map((tank) => html`<span class="tag">${nameOf(tank.properties) ?? ""} ${quantity(tank.properties.quantity_t, "t")}</span> `)}</p>` : nothing}
    ${grading ? working(grading) : nothing}</section>`;
}

/** S = sum of q/Q, R = alpha times the sum of beta q/Q: every line with its source. */
function working(grading: Grading): TemplateResult {
  const { people } = grading;
  const alpha =
    people?.alpha_low === people?.alpha_high
      ? quantity(people?.alpha_low)
      : `${quantity(people?.alpha_low)}–${quantity(people?.alpha_high)}`;
  const r =
    grading.r === null
      ? `${quantity(grading.r_low)}–${quantity(grading.r_high)}`
      : quantity(grading.r);
  return html`<details class="working"><summary>${t("dossier.working", { standard: grading.standard })}</summary>
    <div class="scroll"><table><thead><tr><th>${t("dossier.held")}</th><th>q t</th><th>Q t</th><th>q/Q</th><th>β</th><th>β·q/Q</th></tr></thead>
    <tbody>${grading.rows.map(
      (
        row,
      ) => html`<tr><td>${row.substance ?? row.name ?? "—"}${row.missing ? html`<small class="warn">${row.missing.text || row.missing.code}</small>` : nothing}
        ${row.critical?.critical_source ? html`<small>${cited(row.critical.critical_source)}</small>` : nothing}</td>
        <td>${quantity(row.quantity_t)}</td><td>${quantity(row.critical?.critical_t)}</td><td>${quantity(row.ratio)}</td><td>${quantity(row.critical?.beta)}</td><td>${quantity(row.weighted)}</td></tr>`,
    )}</tbody></table></div>
    <p>S = Σ q/Q = <b>${quantity(grading.s)}</b></p>
    <p>${t("dossier.people", { count: people?.number === null || people === null ? "—" : count(people.number), basis: word("dossier.basis", people?.basis ?? "unknown"), targets: people?.target_count ?? 0 })} → α = ${alpha}</p>
    <p>R = α · Σ β·q/Q = ${alpha} × ${quantity(grading.weighted)} = <b>${r}</b></p>
    ${notes(grading)}</details>`;
}

function notes({ missing, notes: others }: Grading): TemplateResult | typeof nothing {
  const all = [...missing, ...others];
  if (all.length === 0) return nothing;
  return html`<ul class="warnings">${all.map((one) => html`<li>${one.text || one.code}</li>`)}</ul>`;
}

function substance(one: HeldSubstance): TemplateResult {
  const said = [one.formula, one.cas ? `CAS ${one.cas}` : "", one.un ? `UN ${one.un}` : ""];
  return html`<details class="substance"><summary><b>${nameOf(one)}</b> <small>${said.filter(Boolean).join(" · ")}</small>
      ${one.toxic ? html`<span class="tag">${t("dossier.toxic")}</span>` : nothing} ${one.flammable ? html`<span class="tag">${t("dossier.flammable")}</span>` : nothing}</summary>
    <table><tbody>${one.thresholds.map(
      (limit) =>
        html`<tr><td>${limit.name}</td><td>${quantity(limit.value, limit.unit)}</td><td>${limit.averaging_s ? `${Math.round(limit.averaging_s / 60)} min` : ""}</td><td><cite>${limit.source ? cited(limit.source) : ""}</cite></td></tr>`,
    )}</tbody></table></details>`;
}
