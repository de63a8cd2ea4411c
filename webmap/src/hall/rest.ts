/** The wall at rest: hazard sources by grade, what there is to help, and what happened today. */
import { html, nothing, type TemplateResult } from "lit";
import type { Incident } from "../api/wire";
import { define } from "../panels/panel";
import { level } from "../panels/parts";
import { layerSymbol, symbol } from "../panels/symbol";
import { unapproved } from "../panels/unapproved";
import { GRADES } from "../store/grades";
import { layerNamed, type State } from "../store/state";
import { standing } from "../store/wall_state";
import { clock, count, day } from "../text/format";
import { t, word } from "../text/i18n";
import { LEVEL_OF } from "./grade";
import { WallPanel } from "./panel";

const SHOWN = 8;

export abstract class RestPanel extends WallPanel {
  protected override render(): TemplateResult | typeof nothing {
    return standing(this.state).length > 0 ? nothing : this.atRest();
  }

  protected abstract atRest(): TemplateResult | typeof nothing;
}

class HallGrades extends RestPanel {
  static override reads = ["grades", "layers", "incidents"] as const;

  protected atRest(): TemplateResult | typeof nothing {
    return byGrade(this.state);
  }
}

/** Hazard sources by grade; where one could not be counted, nobody knows the rest. */
export function byGrade(state: State): TemplateResult | typeof nothing {
  const known = state.grades;
  if (!known) return nothing;
  const layer = layerNamed(state, "hazard_source");
  const domain = layer?.fields.find(({ name }) => name === "grade")?.domain ?? [];
  const title = (grade: string): string =>
    domain.find(({ value }) => value === grade)?.title ?? grade;
  // NaN where one is not known: then nobody knows the rest either.
  const rest = known.reduce<number>((left, one) => left - (one ?? Number.NaN), layer?.count ?? 0);
  const most = Math.max(1, ...known.map((one) => one ?? 0), rest || 0);
  return html`<h2>${t("hall.grades")}</h2><p class="huge">${count(layer?.count)}</p>
    <ul class="rings grades">${GRADES.map((grade, index) => html`<li>${level(LEVEL_OF[grade] ?? "")}<span>${title(grade)}<meter min="0" max=${most} value=${known[index] ?? 0} class=${LEVEL_OF[grade] ?? ""} aria-hidden="true"></meter></span><b>${count(known[index])}</b></li>`)}
    ${rest > 0 ? html`<li><span class="level">·</span><span>${t("hall.ungraded")}<meter min="0" max=${most} value=${rest} aria-hidden="true"></meter></span><b>${count(rest)}</b></li>` : nothing}</ul>`;
}

/** What there is, by layer: what threatens, who helps, whom to protect. */
class HallStock extends RestPanel {
  static override reads = ["layers", "incidents"] as const;

  protected atRest(): TemplateResult {
    const shown = this.state.layers.filter(
      ({ group, name, count: rows }) =>
        group !== "ground" && name !== "incident" && name !== "hazard_source" && rows !== 0,
    );
    return html`<h2>${t("hall.layers")}</h2><ul class="hall-rows" data-gives="4">${shown.map(
      (layer) =>
        html`<li>${layerSymbol(layer, 36)}<span>${layer.title ?? layer.name}</span><b>${count(layer.count)}</b></li>`,
    )}</ul>`;
  }
}

class HallToday extends RestPanel {
  static override reads = ["incidents", "now", "skew_ms"] as const;

  protected atRest(): TemplateResult {
    const today = ofToday(this.state.incidents, this.serverNow);
    return html`<h2>${t("hall.today")}</h2>
      ${today.length === 0 ? html`<p class="rest">${t("hall.today.none")}</p>` : nothing}
      <ul class="hall-rows" data-gives="1" data-keeps="3">${today.slice(0, SHOWN).map(row)}</ul>`;
  }
}

/** How many rows of each layer were written today. */
class HallChanged extends RestPanel {
  static override reads = ["incidents", "layers"] as const;
  static override wallReads = ["lately"] as const;

  protected atRest(): TemplateResult {
    const { lately } = this.wall;
    const changes = new Map<string, number>();
    for (const { layer, count: rows } of lately?.changes ?? [])
      changes.set(layer, (changes.get(layer) ?? 0) + rows);
    const title = (name: string): string => layerNamed(this.state, name)?.title ?? name;
    return html`<h2>${t("hall.changed")}</h2>
      ${changes.size === 0 ? html`<p class="rest">${t("hall.changed.none")}</p>` : nothing}
      <ul class="hall-rows" data-gives="8" data-keeps="1">${[...changes].map(([name, rows]) => html`<li>${symbol(name, null, 36)}<span>${title(name)}</span><b>${lately?.cut ? "≥ " : ""}${count(rows)}</b></li>`)}</ul>`;
  }
}

/** The incidents that began today, by the place's own clock. */
export function ofToday(incidents: readonly Incident[], now: number): Incident[] {
  return incidents.filter(({ occurred_at }) => day(Date.parse(occurred_at)) === day(now));
}

function row(incident: Incident): TemplateResult {
  return html`<li><time>${clock(Date.parse(incident.occurred_at)).slice(0, 5)}</time>
    <span>${incident.title || word("kind", incident.kind)}${incident.exercise ? html` <b class="exercise-word">${t("incident.exercise")}</b>` : nothing}<small>${word("status", incident.status)} ${unapproved(incident, "status")}</small></span></li>`;
}

define("om-hall-grades", HallGrades);
define("om-hall-stock", HallStock);
define("om-hall-today", HallToday);
define("om-hall-changed", HallChanged);
