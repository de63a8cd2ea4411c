/** Several incidents side by side, each with its own clock, grade, people and next arrival. */
import { html, nothing, type TemplateResult } from "lit";
import type { Incident } from "../api/wire";
import { define } from "../panels/panel";
import { expectedAt, isUnderWay } from "../store/tasks";
import { MOST_SIDE_BY_SIDE, standing } from "../store/wall_state";
import { count, countdown, elapsed, people } from "../text/format";
import { t, word } from "../text/i18n";
import { graveness } from "./grade";
import { WallPanel } from "./panel";

class HallTiles extends WallPanel {
  static override reads = [
    "incidents",
    "incident",
    "assessments",
    "tasks",
    "now",
    "skew_ms",
  ] as const;

  protected override render(): TemplateResult | typeof nothing {
    const all = standing(this.state);
    this.toggleAttribute("hidden", all.length < 2);
    if (all.length < 2) return nothing;
    const left = all.length - MOST_SIDE_BY_SIDE;
    return html`${all.slice(0, MOST_SIDE_BY_SIDE).map((one) => this.#tile(one))}
      ${left > 0 ? html`<p class="rest">+${count(left)}</p>` : nothing}`;
  }

  #tile(incident: Incident): TemplateResult {
    const { incident: active, assessments } = this.state;
    const plan = assessments[incident.id];
    const shown = incident.id === active;
    return html`<article class="tile ${incident.exercise ? "exercise" : ""}" aria-current=${shown}>
      <h3>${incident.exercise ? html`<b class="exercise-word">${t("incident.exercise")}</b>` : nothing}<span>${incident.title || word("kind", incident.kind)}</span>${shown ? html`<small>${t("hall.tile.shown")}</small>` : nothing}</h3>
      <p>${graveness(incident) ?? html`<small>${t("hall.ladder.none")}</small>`}
        <time>${elapsed((this.serverNow - Date.parse(incident.occurred_at)) / 1000)}</time></p>
      <dl><div><dt>${t("hall.people")}</dt><dd>${plan ? people(plan.exposure.people) : "—"}</dd></div>
        <div><dt>${t("hall.tile.next")}</dt><dd>${this.#next(incident.id)}</dd></div></dl></article>`;
  }

  #next(incident: string): string {
    const due = (this.state.tasks[incident] ?? [])
      .filter(isUnderWay)
      .map(expectedAt)
      .filter((at): at is number => at !== null && at >= this.serverNow);
    return due.length === 0 ? "—" : countdown((Math.min(...due) - this.serverNow) / 1000);
  }
}

define("om-hall-tiles", HallTiles);
