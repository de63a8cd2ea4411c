/** The call sheet: numbers in order, and what came of each call. */
import { html, nothing, type TemplateResult } from "lit";
import type { Call, Incident } from "../api/wire";
import { logCall } from "../store/incidents";
import { may, type State } from "../store/state";
import { clock } from "../text/format";
import { t, word } from "../text/i18n";

const RESULTS = ["answered", "no_answer", "refused"] as const;

export function calls(incident: Incident, state: State): TemplateResult {
  const sheet = state.calls[incident.id] ?? [];
  if (sheet.length === 0) return html`<p class="hint">${t("calls.none")}</p>`;
  const done = sheet.filter((call) => call.result === "answered").length;
  return html`<p class="hint">${t("calls.done", { done, total: sheet.length })}</p>
    <ol class="calls">${sheet.map((call) => row(incident, call, may(state, "incidents.write")))}</ol>`;
}

function row(incident: Incident, call: Call, writable: boolean): TemplateResult {
  return html`<li class=${call.result}>
    <div><b>${call.feature_name ?? call.name ?? t("card.unnamed")}</b>${call.phone ? html`<span class="phone">${call.phone}</span>` : html`<small>${t("calls.nophone")}</small>`}</div>
    <small>${[call.name, call.purpose.text || call.purpose.code].filter(Boolean).join(" · ")}</small>
    ${writable ? html`<div class="results">${RESULTS.map((result) => html`<button aria-pressed=${call.result === result} @click=${() => void logCall(incident.id, call.id, result)}>${word("result", result)}</button>`)}</div>` : html`<small>${word("result", call.result)}</small>`}
    ${call.called_at ? html`<small>${t("calls.by", { who: call.called_by ?? "", time: clock(Date.parse(call.called_at)) })}</small>` : nothing}</li>`;
}
