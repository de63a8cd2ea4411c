/** The wall at rest: hazard sources by grade, and what happened today. */
import { html, nothing, type TemplateResult } from "lit";
import type { Incident } from "../api/wire";
import { symbol } from "../panels/symbol";
import { GRADES } from "../store/grades";
import { layerNamed, type State } from "../store/state";
import { clock, count, day } from "../text/format";
import { t, word } from "../text/i18n";

const SHOWN = 6;

export function atRest(state: State): TemplateResult {
  const today = state.incidents.filter(({ occurred_at }) => isToday(occurred_at, state.now));
  return html`${grades(state)}<h2>${t("hall.today")}</h2>
    ${today.length === 0 ? html`<p class="rest">${t("hall.today.none")}</p>` : nothing}
    <ul class="hall-rows">${today.slice(0, SHOWN).map(row)}</ul>
    ${today.length > SHOWN ? html`<p class="rest">… ${count(today.length - SHOWN)}</p>` : nothing}`;
}

const isToday = (at: string, now: number): boolean => day(Date.parse(at)) === day(now);

function row(incident: Incident): TemplateResult {
  return html`<li><time>${clock(Date.parse(incident.occurred_at)).slice(0, 5)}</time>
    <span>${incident.title || word("kind", incident.kind)}${incident.exercise ? html` <small>${t("incident.exercise")}</small>` : nothing}</span><small>${word("status", incident.status)}</small></li>`;
}

function grades(state: State): TemplateResult | typeof nothing {
  const known = state.grades;
  if (!known) return nothing;
  const layer = layerNamed(state, "hazard_source");
  const domain = layer?.fields.find(({ name }) => name === "grade")?.domain ?? [];
  const title = (grade: string): string =>
    domain.find(({ value }) => value === grade)?.title ?? grade;
  // NaN where one is not known: then nobody knows the rest either.
  const rest = known.reduce<number>((left, one) => left - (one ?? Number.NaN), layer?.count ?? 0);
  return html`<h2>${t("hall.grades")}</h2><ul class="hall-rows">
    ${GRADES.map((grade, index) => html`<li>${symbol("hazard_source", grade, 32)}<span>${title(grade)}</span><b>${count(known[index])}</b></li>`)}
    ${rest > 0 ? html`<li>${symbol("hazard_source", null, 32)}<span>${t("hall.ungraded")}</span><b>${count(rest)}</b></li>` : nothing}</ul>`;
}
