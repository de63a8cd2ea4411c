/** What no decision stands for says so wherever it stands: in a word and a shape, amber. */
import { pressed } from "../store/coming";
import "../style/unapproved.css";
import { html, nothing, svg, type TemplateResult } from "lit";
import type { Incident } from "../api/wire";
import { t, word } from "../text/i18n";

const SHAPE = svg`<svg viewBox="0 0 16 16" width="1em" height="1em" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linejoin="round" aria-hidden="true"><path d="M8 2l6.5 11.5h-13zM8 6.5v3M8 11.5v.3" /></svg>`;

export function unapproved(incident: Incident, field: string): TemplateResult | typeof nothing {
  if (!incident.unapproved.includes(field)) return nothing;
  return html`<em class="unapproved">${SHAPE}${t("unapproved")}</em>`;
}

/** Each with the one press that begins the decision which makes it good. */
export function approvals(incident: Incident, writes: boolean): TemplateResult | typeof nothing {
  if (incident.unapproved.length === 0) return nothing;
  return html`<ul class="approvals">${incident.unapproved.map((field) => html`<li>${row(incident, field, writes)}</li>`)}</ul>`;
}

function row(incident: Incident, field: string, writes: boolean): TemplateResult {
  const said = html`<span>${whatIsSet(incident, field)}</span>${unapproved(incident, field)}`;
  if (!writes) return said;
  const begin = (): void =>
    void pressed(
      () => import("../store/deciding"),
      ({ approveLater }) => approveLater(incident.id, field),
    );
  return html`<button type="button" name="approve-later" data-field=${field} @click=${begin}>${said}<b>${t("unapproved.decide")}</b></button>`;
}

export function whatIsSet(incident: Incident, field: string): string {
  if (field === "response_level") return word("response", incident.response_level ?? "");
  if (field === "warning_level") return word("warning", incident.warning_level ?? "");
  return word("status", incident.status);
}
