/** The call sheet: numbers in order, what came of each call, and who has not answered for too long. */
import { html, nothing, type TemplateResult } from "lit";
import type { Call, Incident } from "../api/wire";
import { logCall } from "../store/incidents";
import { may, type State } from "../store/state";
import { ago, clock } from "../text/format";
import { t, word } from "../text/i18n";

const RESULTS = ["answered", "no_answer", "refused"] as const;
/** What a telephone can dial; a masked number cannot be. */
const DIALLED = /^\+?[\d\s()-]{3,30}$/;

export function calls(incident: Incident, state: State): TemplateResult {
  const sheet = state.calls[incident.id] ?? [];
  if (sheet.length === 0) return html`<p class="hint">${t("calls.none")}</p>`;
  const done = sheet.filter((call) => call.result === "answered").length;
  const now = state.now + state.skew_ms;
  const late = sheet.filter((call) => lateFor(call, now) !== null).length;
  return html`<p class="hint">${t("calls.done", { done, total: sheet.length })}${late > 0 ? html` <span class="late-for">${t("calls.late", { count: late })}</span>` : nothing}</p>
    <ol class="calls">${sheet.map((call) => row(incident, call, now, may(state, "incidents.write")))}</ol>`;
}

/** For how long, s, an answer has been overdue; null where it is not. */
export function lateFor({ due_at, result }: Call, now: number): number | null {
  if (!due_at || result === "answered" || result === "refused") return null;
  const late = (now - Date.parse(due_at)) / 1000;
  return late > 0 ? late : null;
}

function row(incident: Incident, call: Call, now: number, writable: boolean): TemplateResult {
  const late = lateFor(call, now);
  return html`<li class="${call.result} ${late === null ? "" : "late"}">
    <div><b>${call.feature_name ?? call.name ?? t("card.unnamed")}</b>${number(call)}</div>
    <small>${[call.name, call.purpose.text || call.purpose.code].filter(Boolean).join(" · ")}</small>
    ${late === null ? nothing : html`<span class="late-for">${t("calls.overdue", { age: ago(late) })}</span>`}
    ${writable ? html`<div class="results" role="group" aria-label=${call.feature_name ?? call.name ?? ""}>${RESULTS.map((result) => html`<button aria-pressed=${call.result === result} @click=${() => void logCall(incident.id, call.id, result)}>${word("result", result)}</button>`)}</div>` : html`<small>${word("result", call.result)}</small>`}
    ${tries(call)}</li>`;
}

function number({ phone }: Call): TemplateResult {
  if (!phone) return html`<small>${t("calls.nophone")}</small>`;
  if (!DIALLED.test(phone)) return html`<span class="phone">${phone}</span>`;
  return html`<a class="phone" href="tel:${phone.replaceAll(/[^\d+]/g, "")}">${phone}</a>`;
}

/** Every try with what came of it; a sheet that knows only the last shows that one. */
function tries(call: Call): TemplateResult | typeof nothing {
  if (call.tries.length > 0)
    return html`<ol class="tries">${call.tries.map((one) => html`<li>${word("result", one.result)} ${said(one.called_by, one.called_at)}</li>`)}</ol>`;
  return call.called_at ? html`<small>${said(call.called_by, call.called_at)}</small>` : nothing;
}

function said(who: string | null, at: string | null): string {
  return t("calls.by", { who: who ?? "", time: at ? clock(Date.parse(at)) : "" });
}
