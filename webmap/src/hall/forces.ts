/** Who is under way by order, else who could come; what is committed. */
import { html, nothing, type TemplateResult } from "lit";
import type { Assessment } from "../api/assessment";
import type { Task } from "../api/tasks";
import { define } from "../panels/panel";
import { symbol } from "../panels/symbol";
import { arrivalOf, stateChip } from "../panels/task_parts";
import { activeIncident, activePlan } from "../store/state";
import { expectedAt, isOpen, isUnderWay } from "../store/tasks";
import { count, minutes, quantity } from "../text/format";
import { nameOf, t, word } from "../text/i18n";
import { WallPanel } from "./panel";

const SHOWN = 8;

class HallForces extends WallPanel {
  static override reads = [
    "incident",
    "incidents",
    "assessments",
    "now",
    "skew_ms",
    "tasks",
  ] as const;

  protected override render(): TemplateResult | typeof nothing {
    const incident = activeIncident(this.state);
    if (!incident) return nothing;
    const orders = (this.state.tasks[incident.id] ?? []).filter(isOpen);
    if (orders.length > 0) return this.#underWay(orders);
    const plan = activePlan(this.state);
    return plan ? expected(plan) : nothing;
  }

  /** Orders, those that arrive next first; who has arrived after them. */
  #underWay(orders: readonly Task[]): TemplateResult {
    const due = (task: Task): number =>
      isUnderWay(task) ? (expectedAt(task) ?? Number.MAX_VALUE) : Number.POSITIVE_INFINITY;
    const sorted = [...orders].sort((a, b) => due(a) - due(b));
    return html`<h2>${t("hall.underway")} <small>${t("hall.underway.count", { moving: orders.filter(isUnderWay).length, all: orders.length })}</small></h2>
      <ul class="hall-rows orders" data-gives="6" data-keeps="4">${sorted.slice(0, SHOWN).map(
        (task) => html`<li>${task.layer ? symbol(task.layer, null, 40) : nothing}
        <span>${task.feature_name ?? task.title ?? word("task.kind", task.kind)}${stateChip(task)}</span>
        ${isUnderWay(task) && expectedAt(task) === null ? html`<small class="when">${t("hall.eta.unknown")}</small>` : arrivalOf(task, this.serverNow)}</li>`,
      )}</ul>`;
  }
}

/** Before anybody is ordered: who could be there first, and how long each would take. */
function expected(plan: Assessment): TemplateResult {
  const coming = plan.nearest
    .filter(({ travel_time_s, direction }) => travel_time_s !== null && direction !== "from")
    .sort((a, b) => Number(a.travel_time_s) - Number(b.travel_time_s));
  return html`<h2>${t("hall.forces")}</h2>
    <ul class="hall-rows arriving" data-gives="6" data-keeps="4">${coming
      .slice(0, SHOWN)
      .map(
        (arrival) =>
          html`<li>${symbol(arrival.layer, arrival.kind, 40)}<time>${minutes(Number(arrival.travel_time_s))}</time><span>${nameOf(arrival)}</span></li>`,
      )}</ul>`;
}

/** Tasks by how far they have come, and what has been ordered out of the stocks. */
class HallResources extends WallPanel {
  static override reads = ["incident", "incidents", "tasks", "calls"] as const;

  protected override render(): TemplateResult | typeof nothing {
    const incident = activeIncident(this.state);
    if (!incident) return nothing;
    const tasks = this.state.tasks[incident.id] ?? [];
    const calls = this.state.calls[incident.id] ?? [];
    const by = (state: string): number => tasks.filter((one) => one.state === state).length;
    const steps = ["ordered", "accepted", "departed", "arrived", "done"].filter(
      (state) => by(state) > 0,
    );
    const stock = totals(tasks);
    return html`${steps.length > 0 ? html`<h2>${t("hall.tasks")}</h2><ul class="steps">${steps.map((state) => html`<li class=${state}><b>${count(by(state))}</b><small>${word("task.state", state)}</small></li>`)}</ul>` : nothing}
      ${calls.length > 0 ? html`<p class="pair"><span>${t("hall.calls")}</span><b>${calls.filter(({ result }) => result === "answered").length} / ${calls.length}</b></p>` : nothing}
      ${stock.length > 0 ? html`<ul class="hall-rows stock" data-gives="9">${stock.map(([name, amount]) => html`<li><span>${name}</span><b>${amount}</b></li>`)}</ul>` : nothing}`;
  }
}

/** What was ordered of each kind of supply, added up. */
function totals(tasks: readonly Task[]): [string, string][] {
  const sums = new Map<string, { amount: number; unit: string }>();
  for (const { state, items } of tasks) {
    if (state === "cancelled" || state === "refused") continue;
    for (const { what, item, amount, unit } of items) {
      if (what !== "stock" || item === null) continue;
      const held = sums.get(item) ?? { amount: 0, unit };
      sums.set(item, { amount: held.amount + amount, unit });
    }
  }
  return [...sums].map(([name, { amount, unit }]) => [name, quantity(amount, unit)]);
}

/** The first measures. */
class HallAdvice extends WallPanel {
  static override reads = ["incident", "assessments"] as const;

  protected override render(): TemplateResult | typeof nothing {
    const advice = activePlan(this.state)?.advice ?? [];
    if (advice.length === 0) return nothing;
    return html`<h2>${t("hall.advice")}</h2>
      <ol class="hall-advice" data-gives="7" data-keeps="2">${advice.slice(0, 8).map((line) => html`<li>${line.text || line.code}</li>`)}</ol>`;
  }
}

define("om-hall-forces", HallForces);
define("om-hall-resources", HallResources);
define("om-hall-advice", HallAdvice);
