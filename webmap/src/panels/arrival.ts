/** One arrival of the plan: when it is there, what it went round, its ways in words, its order. */
import { html, nothing, type TemplateResult } from "lit";
import type { Arrival } from "../api/assessment";
import type { Task } from "../api/tasks";
import type { Incident } from "../api/wire";
import { focusOn, letGo } from "../store/browse";
import { beginOrder } from "../store/ordering";
import { may, type State } from "../store/state";
import { expectedAt, isOpen, isUnderWay } from "../store/tasks";
import { clearWays, showArrivalWays } from "../store/ways";
import { clock, countdown, distance, minutes } from "../text/format";
import { nameOf, t, word } from "../text/i18n";
import { avoidedList } from "./avoided";
import { orderForm } from "./order";
import { figure } from "./parts";
import { kindTitle } from "./plan_people";
import { symbol } from "./symbol";
import { arrivalOf, stateChip } from "./task_parts";
import { wayList } from "./ways";

/** What a place has been told to do here and has not ended, the newest last. */
function tasksOf({ id }: Arrival, incident: Incident | null, state: State): Task[] {
  const held = incident ? (state.tasks[incident.id] ?? []) : [];
  return held.filter((task) => task.feature_id === id && isOpen(task));
}

export function arrivalRow(
  arrival: Arrival,
  incident: Incident | null,
  state: State,
): TemplateResult {
  const title = kindTitle(state, arrival.layer, arrival.kind);
  const open = state.focus?.id === arrival.id;
  const [task] = tasksOf(arrival, incident, state).slice(-1);
  return html`<li class="arrival ${open ? "focused" : ""}">
    <button class="row" title=${t("forces.route")} aria-expanded=${open} @click=${() => press(arrival, open)} @dblclick=${() => focusOn(arrival.layer, arrival.id, arrival.lon, arrival.lat)}>
      ${symbol(arrival.layer, arrival.kind, 24)}
      <span class="name">${nameOf(arrival) ?? title}
        <small>${[title, arrival.vehicle ? word("vehicle", arrival.vehicle) : null, distance(arrival.distance_m), arrival.avoided_s ? t("forces.avoided", { time: countdown(arrival.avoided_s) }) : null].filter(Boolean).join(" · ")}</small>
        ${arrival.ferry_m ? html`<small class="warn">${t("forces.ferry", { distance: distance(arrival.ferry_m) })}</small>` : nothing}
        ${arrival.inside_zone ? html`<small class="warn">${t("forces.inside")}</small>` : nothing}${arrival.by === "line" ? html`<small class="warn">${t("forces.line")}</small>` : nothing}
        ${task ? stateChip(task) : nothing}</span>
    </button>
    ${when(arrival, task, state)}
    ${open && incident ? details(arrival, incident, state) : nothing}</li>`;
}

/** The first press shows the ways, the second folds them. */
function press(arrival: Arrival, open: boolean): void {
  if (open) {
    clearWays();
    letGo();
    return;
  }
  focusOn(arrival.layer, arrival.id, null, null);
  if (arrival.by === "line") clearWays();
  else void showArrivalWays(arrival);
}

/** Who has been ordered is counted down; who has not would take so long from now. */
function when(arrival: Arrival, task: Task | undefined, state: State): TemplateResult {
  const now = state.now + state.skew_ms;
  if (task && isUnderWay(task) && expectedAt(task) !== null) return html`${arrivalOf(task, now)}`;
  const seconds = arrival.travel_time_s;
  const source = () => ({
    title: `${nameOf(arrival) ?? ""} · ${distance(arrival.distance_m)}`,
    models: [],
    lines: [
      arrival.by === "line" ? t("source.nearest.line") : t("source.nearest"),
      ...(arrival.avoided_s ? [t("source.avoided", { time: countdown(arrival.avoided_s) })] : []),
    ],
  });
  if (seconds === null) return html`<span class="when">—</span>`;
  // Nobody comes from a hospital: how long it takes to carry somebody there.
  const note =
    arrival.direction === "from"
      ? t("forces.carried")
      : t("forces.ifNow", { at: clock(now + seconds * 1000) });
  return html`<span class="when">${figure(minutes(seconds), source, "countdown")}<small>${task ? nothing : note}</small></span>`;
}

function details(arrival: Arrival, incident: Incident, state: State): TemplateResult {
  const busy = tasksOf(arrival, incident, state).some(isUnderWay);
  const ordering = state.ordering?.id === arrival.id ? state.ordering : null;
  return html`<div class="arrival-more">
    ${avoidedList(arrival.avoided, arrival.avoided_s)}
    <p class="actions">
      ${arrival.by === "line" ? nothing : html`<button name="ways" aria-pressed=${state.ways?.of === arrival.id} @click=${() => void showArrivalWays(arrival)}>${t("ways.show")}</button>`}
      ${may(state, "tasks.order") && !ordering && arrival.direction !== "from" ? html`<button name="order" class=${busy ? "" : "primary"} @click=${() => void beginOrder(arrival)}>${busy ? t("order.more") : t("order.begin")}</button>` : nothing}
    </p>
    ${ordering ? orderForm(ordering, arrival) : nothing}
    ${state.ways?.of === arrival.id ? wayList(state.ways) : nothing}</div>`;
}
