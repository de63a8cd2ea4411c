/** Who is under way by order, else who could come; and what has gone wrong on the way. */
import { html, nothing, type TemplateResult } from "lit";
import type { Assessment } from "../api/assessment";
import type { Task } from "../api/tasks";
import { symbol } from "../panels/symbol";
import { arrivalOf, stateChip } from "../panels/task_parts";
import type { State } from "../store/state";
import { expectedAt, isUnderWay } from "../store/tasks";
import { alertText, isWaiting } from "../store/tracking";
import { minutes } from "../text/format";
import { nameOf, t, word } from "../text/i18n";

const SHOWN = 7;
const ALERTS = 3;

/** Orders, those that arrive next first; who has arrived after them. */
export function underWay(orders: readonly Task[], state: State): TemplateResult {
  const due = (task: Task): number =>
    isUnderWay(task) ? (expectedAt(task) ?? Number.MAX_VALUE) : Number.POSITIVE_INFINITY;
  const sorted = [...orders].sort((a, b) => due(a) - due(b));
  const now = state.now + state.skew_ms;
  return html`<h2>${t("hall.underway")}</h2><ul class="hall-rows orders">${sorted
    .slice(0, SHOWN)
    .map(
      (task) => html`<li>${task.layer ? symbol(task.layer, null, 32) : nothing}
      <span>${task.feature_name ?? task.title ?? word("task.kind", task.kind)}${stateChip(task)}</span>
      ${arrivalOf(task, now)}</li>`,
    )}</ul>${orders.length > SHOWN ? html`<p class="rest">… ${orders.length - SHOWN}</p>` : nothing}`;
}

/** Before anybody is ordered: who could be there first, and how long each would take. */
export function expected(plan: Assessment): TemplateResult {
  const coming = plan.nearest
    .filter(({ travel_time_s, direction }) => travel_time_s !== null && direction !== "from")
    .sort((a, b) => Number(a.travel_time_s) - Number(b.travel_time_s));
  return html`<h2>${t("hall.forces")}</h2>
    <ul class="hall-rows arriving">${coming
      .slice(0, SHOWN)
      .map(
        (arrival) =>
          html`<li>${symbol(arrival.layer, arrival.kind, 32)}<time>${minutes(Number(arrival.travel_time_s))}</time><span>${nameOf(arrival)}</span></li>`,
      )}</ul>`;
}

/** Alerts that nobody has taken notice of. */
export function waiting({ alerts }: State): TemplateResult | typeof nothing {
  const open = alerts.filter(isWaiting);
  if (open.length === 0) return nothing;
  return html`<h2>${t("alert.title", { count: open.length })}</h2>
    <ul class="hall-rows alerts">${open.slice(0, ALERTS).map((one) => html`<li><span class="name">${alertText(one)}</span></li>`)}</ul>`;
}
