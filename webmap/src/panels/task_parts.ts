/** Small pieces of an order: its state, and when it is expected. */
import { html, nothing, type TemplateResult } from "lit";
import type { Task } from "../api/tasks";
import { dueTone, expectedAt, isNear, isUnderWay, liveArrival } from "../store/tasks";
import { clock, countdown } from "../text/format";
import { t, word } from "../text/i18n";

export function stateChip({ state }: Task): TemplateResult {
  return html`<span class="task-state ${state}">${word("task.state", state)}</span>`;
}

/** The countdown to an arrival; one that should have been counts up, amber and then red. */
export function arrivalOf(task: Task, now: number): TemplateResult | typeof nothing {
  const at = expectedAt(task);
  if (at === null || !isUnderWay(task)) return nothing;
  if (isNear(task))
    return html`<span class="when"><b class="countdown">${t("task.near")}</b><small>${t("task.eta.live")}</small></span>`;
  const left = (at - now) / 1000;
  const tone = dueTone(left);
  return html`<span class="when"><time class="countdown ${tone}">${left >= 0 ? countdown(left) : t("task.overdue", { time: countdown(-left) })}</time>
    <small>${t("forces.arrives")} ${clock(at)}${liveArrival(task) !== null ? html` · ${t("task.eta.live")}` : nothing}</small></span>`;
}
