/** Every deadline of an incident: what, to whom, by when, done or missed, and where the rule stands. */
import { html, nothing, type TemplateResult } from "lit";
import { type Deadline, type Due, meetDeadline } from "../api/deadline";
import type { Incident } from "../api/wire";
import { urgency } from "../store/due";
import { readPart } from "../store/duty";
import { attempt } from "../store/notices";
import { may, type State } from "../store/state";
import { stamp } from "../text/format";
import { t } from "../text/i18n";
import { deadlineName, remaining } from "./deadline";

export function deadlineRows(
  due: Due | undefined,
  state: State,
  incident: Incident,
): TemplateResult | typeof nothing {
  if (!due) return nothing;
  const now = state.now + state.skew_ms;
  const writable = may(state, "incidents.write");
  return html`<h3>${t("deadline.title")}</h3>
    ${due.deadlines.length === 0 ? html`<p class="hint">${t("deadline.none")}</p>` : nothing}
    <ul class="deadlines">${due.deadlines.map((one) => row(one, due, now, writable ? incident : null))}</ul>`;
}

function row(one: Deadline, due: Due, now: number, incident: Incident | null): TemplateResult {
  const how = urgency(one, due.received_at, now);
  return html`<li class=${how}><span class="name"><b>${one.title ?? deadlineName(one)}</b><small>${t("deadline.due", { time: stamp(one.due_at) })}${one.source ? html` · <cite>${one.source}</cite>` : nothing}</small></span>
    ${one.missed ? html`<span class="deadline missed">${t("deadline.missed")}</span>` : nothing}
    ${one.done_at ? html`<small class="good">${t("deadline.done", { time: stamp(one.done_at), who: one.done_by ?? "" })}</small>` : html`<span class="deadline ${how}">${remaining(one, now)}</span>`}
    ${one.note ? html`<p class="reason">${one.note}</p>` : nothing}
    ${!one.done_at && incident ? met(one, incident) : nothing}</li>`;
}

/** It was reported without a bulletin: to whom, and what was said, in a line. */
function met(one: Deadline, { id }: Incident): TemplateResult {
  return html`<details class="more"><summary>${t("deadline.met")}</summary><form class="reason-form" @submit=${async (
    event: Event,
  ) => {
    event.preventDefault();
    const said = new FormData(event.target as HTMLFormElement).get("note");
    await attempt(() => meetDeadline(id, one, String(said ?? "").trim() || null));
    await readPart("deadlines", id);
  }}><input name="note" maxlength="1000" autocomplete="off" placeholder=${t("deadline.met.note")} aria-label=${t("deadline.met.note")} /><button class="primary" name="met">${t("deadline.met.send")}</button></form></details>`;
}
