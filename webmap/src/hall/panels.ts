import { html, nothing, type TemplateResult } from "lit";
import { type Assessment, targetCount } from "../api/assessment";
import { define, Panel } from "../panels/panel";
import { level } from "../panels/parts";
import { arrives, kindTitle } from "../panels/plan_people";
import { symbol } from "../panels/symbol";
import { wind } from "../panels/wind";
import { activeIncident, activePlan, openIncidents } from "../store/state";
import { isOpen } from "../store/tasks";
import { clock, count, day, elapsed, people } from "../text/format";
import { nameOf, t, word } from "../text/i18n";
import { expected, underWay, waiting } from "./forces";
import { atRest } from "./rest";

/** The head of the wall: site, time, wind, and the incident with its clock. */
class HallHead extends Panel {
  static override reads = ["session", "now", "incident", "incidents", "assessments"] as const;

  protected override render(): TemplateResult {
    const { session, now, language } = this.state;
    const incident = activeIncident(this.state);
    const site = session?.site;
    return html`<b class="site">${language === "en" ? (site?.name_en ?? site?.name) : site?.name}</b>${site?.fictional ? html`<span class="badge fictional">${t("site.fictional")}</span>` : nothing}
      ${session?.demo ? html`<span class="badge">${t("site.demo")}</span>` : nothing}
      <span class="now"><small>${day(now)}</small><time>${clock(now)}</time></span>
      <span class="wind">${wind(activePlan(this.state))}</span>
      ${
        incident
          ? html`<span class="case">${incident.exercise ? html`<span class="badge exercise">${t("incident.exercise")}</span>` : nothing}<b>${incident.title}</b>
        <time>${elapsed((now - Date.parse(incident.occurred_at)) / 1000)}</time></span>`
          : html`<span class="case quiet">${t("hall.quiet")}</span>`
      }
      <om-link></om-link>`;
  }
}

/** Who is in danger: people by zone, and the targets that are reached first. */
class HallPeople extends Panel {
  static override reads = ["incident", "incidents", "assessments", "layers"] as const;

  protected override render(): TemplateResult {
    const plan = activePlan(this.state);
    if (!plan) return this.#quiet();
    return html`<h2>${t("hall.people")}</h2><p class="huge">${people(plan.exposure.people)}</p>
      <ul class="zone-rows">${byLevel(plan).map(([name, total]) => html`<li>${level(name)}<span>${word("level", name).slice(2)}</span><b>${listed(plan)}${people(total)}</b></li>`)}</ul>
      <h2>${t("hall.targets")}</h2>
      <ul class="hall-rows">${plan.exposure.targets.slice(0, 5).map(
        (target) => html`<li>${level(target.level ?? "")}
        <span>${nameOf(target) ?? kindTitle(this.state, "protection_target", target.kind)}<small>${arrives(target)}</small></span>
        <b class="action ${target.action ?? ""}">${target.action ? word("action", target.action) : ""}</b></li>`,
      )}</ul>`;
  }

  #quiet(): TemplateResult {
    const { layers } = this.state;
    return html`<h2>${t("hall.layers")}</h2><ul class="hall-rows"><li>${symbol("incident", null, 32)}<span>${t("hall.open")}</span><b>${count(openIncidents(this.state).length)}</b></li>
      ${layers.filter(({ group, name }) => group !== "ground" && name !== "incident").map((layer) => html`<li>${symbol(layer.name, null, 32)}<span>${layer.title ?? layer.name}</span><b>${count(layer.count)}</b></li>`)}</ul>`;
  }
}

/** A list that was cut counts at least so many. */
const listed = (plan: Assessment): string =>
  targetCount(plan) > plan.exposure.targets.length ? "≥ " : "";

/** People by the worst zone that each target lies in: the rows add up to the whole. */
function byLevel(plan: Assessment): [string, number][] {
  const levels = ["red", "orange", "yellow", "blue"].filter((name) =>
    plan.exposure.by_zone.some((zone) => zone.level === name),
  );
  return levels.map((name) => [
    name,
    plan.exposure.targets
      .filter((target) => target.level === name)
      .reduce((sum, target) => sum + (target.people ?? 0), 0),
  ]);
}

/** Who comes: arrivals counted down, and the first measures. */
class HallForces extends Panel {
  static override reads = [
    "incident",
    "incidents",
    "assessments",
    "now",
    "calls",
    "layers",
    "grades",
    "tasks",
    "alerts",
  ] as const;

  protected override render(): TemplateResult | typeof nothing {
    const plan = activePlan(this.state);
    const incident = activeIncident(this.state);
    if (!incident) return atRest(this.state);
    if (!plan) return nothing;
    const calls = this.state.calls[incident.id] ?? [];
    const orders = (this.state.tasks[incident.id] ?? []).filter(isOpen);
    return html`${orders.length > 0 ? underWay(orders, this.state) : expected(plan)}
      ${waiting(this.state)}
      ${calls.length > 0 ? html`<h2>${t("hall.calls")} <small>${t("calls.done", { done: calls.filter(({ result }) => result === "answered").length, total: calls.length })}</small></h2>` : nothing}
      <h2>${t("hall.advice")}</h2>
      <ol class="hall-advice">${plan.advice.slice(0, 4).map((line) => html`<li>${line.text || line.code}</li>`)}</ol>`;
  }
}

define("om-hall-head", HallHead);
define("om-hall-people", HallPeople);
define("om-hall-forces", HallForces);
