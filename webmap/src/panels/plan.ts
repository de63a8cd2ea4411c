import { html, nothing, type TemplateResult } from "lit";
import type { Assessment } from "../api/assessment";
import type { Incident } from "../api/wire";
import { showTab } from "../store/browse";
import { assess } from "../store/incidents";
import { activeIncident, activePlan, may, mayReport, type PlanTab } from "../store/state";
import { clock } from "../text/format";
import { t, word } from "../text/i18n";
import { fetchPart } from "./lazy";
import { define, Panel } from "./panel";
import { forces } from "./plan_forces";
import { people } from "./plan_people";
import { situation } from "./plan_situation";
import { sources } from "./plan_sources";
import { tasks } from "./plan_tasks";
import { zones } from "./plan_zones";
import { approvals } from "./unapproved";

/** What is known and computed, above; what is done about it, below. */
const TABS: readonly (readonly PlanTab[])[] = [
  ["situation", "zones", "people", "forces", "compare", "sources"],
  ["file", "tasks", "calls", "decisions", "readings", "log", "reports"],
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
    "duty",
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
    if (this.#rerun) fetchPart("om-rerun");
    return html`${this.#head(incident, plan)}${this.#rerun ? html`<om-rerun @done=${() => this.#ask(false)}></om-rerun>` : nothing}
      ${this.#proposals()}${this.#body(incident, plan)}`;
  }

  #head(incident: Incident, plan: Assessment | null): TemplateResult {
    const level = incident.response_level ?? incident.accident_grade;
    const english = this.state.language === "en" ? incident.substance_en : null;
    const substance = english ?? incident.substance;
    return html`<header class="plan-head">
      <h2>${incident.exercise ? html`<span class="badge exercise">${t("incident.exercise")}</span>` : nothing}${incident.title}</h2>
      <p><span>${word("kind", incident.kind)}</span>${substance ? html`<span>${substance}</span>` : nothing}
        <span>${word("status", incident.status)}</span>${level ? html`<span>${incident.response_level ? word("response", level) : word("accident", level)}</span>` : nothing}
        ${plan?.at ? html`<span>${t("plan.at", { time: clock(Date.parse(plan.created_at ?? plan.at)) })}</span>` : nothing}</p>
      ${
        may(this.state, "incidents.write")
          ? html`<button name="rerun" aria-pressed=${this.#rerun} @click=${() => this.#ask(!this.#rerun)}>${t("plan.rerun")}</button>`
          : nothing
      }${approvals(incident, may(this.state, "incidents.write"))}
    </header>`;
  }

  /** What speaks against the plan stands above every tab. */
  #proposals(): TemplateResult | typeof nothing {
    const { duty, incident } = this.state;
    const open = duty.proposals[incident ?? ""]?.some(({ state }) => state === "open");
    if (!open && !duty.corrections[incident ?? ""]?.stale.plan) return nothing;
    fetchPart("om-proposals");
    return html`<om-proposals></om-proposals>`;
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

  #body(incident: Incident, plan: Assessment | null): TemplateResult {
    const { tab } = this.state;
    const button = (name: PlanTab): TemplateResult =>
      html`<button role="tab" name=${name} aria-selected=${tab === name} @click=${() => showTab(name)}>${t(`plan.${name}`)}</button>`;
    return html`<div role="tablist" aria-label=${t("plan.tabs")}>${TABS.map((row) => html`<div class="plan-tabs" role="presentation">${row.map(button)}</div>`)}</div>
      <section class="plan-body ${this.state.assessing.has(incident.id) ? "busy" : ""}" role="tabpanel" aria-label=${t(`plan.${tab}`)} tabindex="0">${this.#tab(tab, incident, plan)}</section>`;
  }

  #tab(tab: PlanTab, incident: Incident, plan: Assessment | null): TemplateResult {
    switch (tab) {
      case "tasks":
        return tasks(incident, this.state);
      case "calls":
        fetchPart("om-calls");
        return html`<om-calls></om-calls>`;
      case "file":
        fetchPart("om-incident-file");
        return html`<om-incident-file></om-incident-file>`;
      case "decisions":
        fetchPart("om-decisions");
        return html`<om-decisions></om-decisions>`;
      case "readings":
        fetchPart("om-readings");
        return html`<om-readings></om-readings>`;
      case "log":
        fetchPart("om-log");
        return html`<om-log></om-log>`;
      case "reports":
        fetchPart("om-bulletins");
        return html`<om-bulletins></om-bulletins>`;
      case "compare":
        fetchPart("om-compare");
        return html`<om-compare></om-compare>`;
      default:
        return plan ? this.#plan(tab, plan, incident) : this.#nothing(incident);
    }
  }

  #plan(tab: PlanTab, plan: Assessment, incident: Incident): TemplateResult {
    switch (tab) {
      case "zones":
        return zones(plan);
      case "people":
        fetchPart("om-cards");
        return html`<om-cards></om-cards>${people(plan, this.state)}`;
      case "forces":
        return forces(plan, this.state);
      case "sources":
        return sources(plan, this.state);
      default:
        return situation(plan, incident, this.state);
    }
  }
}

define("om-plan", Plan);
