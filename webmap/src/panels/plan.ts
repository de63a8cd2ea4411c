import { html, nothing, type TemplateResult } from "lit";
import type { Assessment } from "../api/assessment";
import type { Incident } from "../api/wire";
import { showTab } from "../store/browse";
import { assess } from "../store/incidents";
import { activeIncident, activePlan, may, mayReport, type PlanTab } from "../store/state";
import { clock } from "../text/format";
import { t, word } from "../text/i18n";
import { define, Panel } from "./panel";
import { calls } from "./plan_calls";
import { forces } from "./plan_forces";
import { people } from "./plan_people";
import { situation } from "./plan_situation";
import { sources } from "./plan_sources";
import { tasks } from "./plan_tasks";
import { zones } from "./plan_zones";
import "./rerun";

const TABS: readonly PlanTab[] = [
  "situation",
  "zones",
  "people",
  "forces",
  "tasks",
  "calls",
  "sources",
];

/** The plan of the incident that is open: how bad, what now, who comes, what is missing. */
class Plan extends Panel {
  static override reads = [
    "incidents",
    "incident",
    "assessments",
    "assessing",
    "tab",
    "calls",
    "now",
    "layers",
    "session",
    "focus",
    "sheet",
    "tasks",
    "ordering",
    "ways",
  ] as const;
  #rerun = false;

  protected override render(): TemplateResult {
    const incident = activeIncident(this.state);
    const plan = activePlan(this.state);
    if (!incident)
      return html`<p class="empty"><b>${t("incident.none")}</b><br />${mayReport(this.state) ? t("incident.none.hint") : nothing}</p>`;
    return html`${this.#head(incident, plan)}${this.#rerun ? html`<om-rerun @done=${() => this.#ask(false)}></om-rerun>` : nothing}
      ${plan ? this.#body(incident, plan) : this.#nothing(incident)}`;
  }

  #head(incident: Incident, plan: Assessment | null): TemplateResult {
    const level = incident.response_level ?? incident.accident_grade;
    return html`<header class="plan-head">
      <h2>${incident.exercise ? html`<span class="badge exercise">${t("incident.exercise")}</span>` : nothing}${incident.title}</h2>
      <p><span>${word("kind", incident.kind)}</span>${incident.substance ? html`<span>${incident.substance}</span>` : nothing}
        <span>${word("status", incident.status)}</span>${level ? html`<span>${incident.response_level ? word("response", level) : word("accident", level)}</span>` : nothing}
        ${plan?.at ? html`<span>${t("plan.at", { time: clock(Date.parse(plan.created_at ?? plan.at)) })}</span>` : nothing}</p>
      ${
        may(this.state, "incidents.write")
          ? html`<button name="rerun" aria-pressed=${this.#rerun} @click=${() => this.#ask(!this.#rerun)}>${t("plan.rerun")}</button>`
          : nothing
      }
    </header>`;
  }

  #ask(open: boolean): void {
    this.#rerun = open;
    this.requestUpdate();
  }

  #nothing(incident: Incident): TemplateResult {
    if (this.state.assessing.has(incident.id))
      return html`<p class="empty busy">${t("plan.assessing")}</p>`;
    return html`<p class="empty">${t("plan.none")}<br />
      ${may(this.state, "incidents.write") ? html`<button class="primary" @click=${() => void assess(incident.id)}>${t("plan.assess")}</button>` : nothing}</p>`;
  }

  #body(incident: Incident, plan: Assessment): TemplateResult {
    const { tab } = this.state;
    return html`<nav class="plan-tabs" role="tablist">${TABS.map((name) => html`<button role="tab" name=${name} aria-selected=${tab === name} @click=${() => showTab(name)}>${t(`plan.${name}`)}</button>`)}</nav>
      <section class="plan-body ${this.state.assessing.has(incident.id) ? "busy" : ""}">${this.#tab(tab, incident, plan)}</section>`;
  }

  #tab(tab: PlanTab, incident: Incident, plan: Assessment): TemplateResult {
    switch (tab) {
      case "situation":
        return situation(plan, incident, this.state);
      case "zones":
        return zones(plan);
      case "people":
        return people(plan, this.state);
      case "forces":
        return forces(plan, this.state);
      case "tasks":
        return tasks(incident, this.state);
      case "calls":
        return calls(incident, this.state);
      case "sources":
        return sources(plan, this.state);
    }
  }
}

define("om-plan", Plan);
