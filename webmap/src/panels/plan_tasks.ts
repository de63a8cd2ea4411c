/** The orders of an incident: how far each has come, and the one step that is next. */
import { html, nothing, type TemplateResult } from "lit";
import type { Task } from "../api/tasks";
import type { Incident } from "../api/wire";
import { openDispatch } from "../store/dispatch";
import { openEvacuation } from "../store/evacuation";
import { may, type State } from "../store/state";
import { isOpen, nextState, permissionFor, step } from "../store/tasks";
import { clock } from "../text/format";
import { t, word } from "../text/i18n";
import { fetchPart } from "./lazy";
import { amount } from "./order";
import { symbol } from "./symbol";
import { arrivalOf, stateChip } from "./task_parts";

const MOMENTS = ["ordered_at", "accepted_at", "departed_at", "arrived_at", "ended_at"] as const;

export function tasks(incident: Incident, state: State): TemplateResult {
  const held = state.tasks[incident.id] ?? [];
  const open = held.filter(isOpen);
  const ended = held.filter((task) => !isOpen(task));
  return html`${
    may(state, "tasks.order")
      ? html`<p class="actions"><button name="dispatch" class="primary" @click=${() => openDialog("dispatch")}>${t("dispatch.open")}</button>
      <button name="evacuation" @click=${() => openDialog("evacuation")}>${t("evacuation.open")}</button></p>`
      : nothing
  }
    ${held.length === 0 ? html`<p class="hint">${t("tasks.none")}</p>` : nothing}
    <ul class="tasks" aria-label=${t("plan.tasks")}>${open.map((task) => row(task, state))}</ul>
    ${ended.length > 0 ? html`<details><summary>${t("plan.counted", { label: t("tasks.ended"), count: ended.length })}</summary><ul class="tasks">${ended.map((task) => row(task, state))}</ul></details>` : nothing}`;
}

function row(task: Task, state: State): TemplateResult {
  const now = state.now + state.skew_ms;
  const stale = state.duty.corrections[task.incident_id]?.stale.tasks.includes(task.id);
  return html`<li class="task ${task.state}" data-task=${task.id}>
    <header>${task.layer ? symbol(task.layer, null, 24) : nothing}
      <span class="name"><b>${task.feature_name ?? task.title ?? word("task.kind", task.kind)}</b>
        <small>${[task.feature_name ? (task.title ?? word("task.kind", task.kind)) : null, ...task.items.map(({ what, item, amount: much, unit }) => (what === "team" ? word("claim", what) : [item, amount(much, unit)].filter(Boolean).join(" ")))].filter(Boolean).join(" · ")}</small></span>
      ${arrivalOf(task, now)}</header>
    <p class="task-line">${stateChip(task)}${stale ? html`<span class="stale-task">${t("task.stale")}</span>` : nothing}${moments(task)}</p>
    ${task.state_reason ? html`<p class="reason">${task.state_reason}</p>` : nothing}
    ${isOpen(task) ? actions(task, state) : nothing}</li>`;
}

/** When each step was, and who said the last one. */
function moments(task: Task): TemplateResult {
  const said = MOMENTS.flatMap((name) => {
    const at = task[name];
    const title = word("task.state", name === "ended_at" ? task.state : name.replace("_at", ""));
    return at
      ? [html`<small title=${title}>${title} ${clock(Date.parse(at)).slice(0, 5)}</small>`]
      : [];
  });
  return html`<span class="moments">${said}${task.state_by ? html`<small>${task.state_by}</small>` : nothing}</span>`;
}

function actions(task: Task, state: State): TemplateResult {
  const next = nextState(task);
  const name = task.feature_name ?? "";
  const go = next && may(state, permissionFor(next)) ? next : null;
  return html`<p class="actions">
    ${go ? html`<button name="step" class="primary" aria-label="${name} ${t(`task.step.${go as "done"}`)}" @click=${() => void step(task, go, null)}>${t(`task.step.${go as "done"}`)}</button>` : nothing}
    ${
      may(state, "tasks.order")
        ? html`<details class="more"><summary aria-label=${t("task.cancel")}>${t("task.cancel")}</summary>
      <form @submit=${(event: Event) => cancel(event, task)}><input name="reason" maxlength="200" placeholder=${t("task.reason")} aria-label=${t("task.reason")} />
      <button name="cancelled">${t("task.cancel.confirm")}</button>
      ${task.state === "ordered" ? html`<button name="refused">${t("task.refused")}</button>` : nothing}</form></details>`
        : nothing
    }</p>`;
}

function cancel(event: Event, task: Task): void {
  event.preventDefault();
  const { submitter, target } = event as SubmitEvent;
  const reason = new FormData(target as HTMLFormElement).get("reason");
  const state =
    (submitter as HTMLButtonElement | null)?.name === "refused" ? "refused" : "cancelled";
  void step(task, state, typeof reason === "string" && reason.trim() ? reason.trim() : null);
}

function openDialog(dialog: "dispatch" | "evacuation"): void {
  fetchPart("om-dispatch");
  if (dialog === "dispatch") openDispatch();
  else openEvacuation();
}
