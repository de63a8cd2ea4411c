/** The calculation sheet: to print, to keep, to sign in the order of the roles. */
import { html, nothing, type TemplateResult } from "lit";
import type { Assessment } from "../api/assessment";
import { type Sheet, sheetAddress } from "../api/sheets";
import { keepSheet, sign } from "../store/sheets";
import { may, type State } from "../store/state";
import { localTime } from "../text/format";
import { t, word } from "../text/i18n";

export function sheet(plan: Assessment, state: State): TemplateResult {
  const address = sheetAddress(plan);
  const kept = state.sheet?.assessment === plan.id ? state.sheet : null;
  return html`<h3>${t("sheet.title")}</h3>
    <p class="actions">
      <a class="button" href=${`${address}.html`} target="_blank" rel="noopener">${t("sheet.print")}</a>
      <a class="button" href=${`${address}.docx`} download>DOCX</a>
      ${kept === null && may(state, "sheets.sign") ? html`<button name="keep-sheet" @click=${() => void keepSheet(plan)}>${t("sheet.keep")}</button>` : nothing}
    </p>
    ${kept ? signatures(plan, kept, state) : nothing}
    ${plan.sheet && !plan.sheet.current ? html`<p class="warning">${t("sheet.other")}</p>` : nothing}`;
}

function signatures(plan: Assessment, kept: Sheet, state: State): TemplateResult {
  const { next_role: next } = kept;
  const allowed = may(state, next === "approved" ? "sheets.approve" : "sheets.sign");
  return html`<ul class="signatures">${kept.signatures.map(
    (each) =>
      html`<li><b>${word("sheet.role", each.role)}</b> ${each.name ?? each.user} <small>${localTime(each.at)}</small></li>`,
  )}</ul>
    ${
      next
        ? html`<p>${t("sheet.next", { role: word("sheet.role", next) })}
      ${allowed ? html`<button name="sign-sheet" @click=${() => void sign(plan, kept)}>${t("sheet.sign", { role: word("sheet.role", next) })}</button>` : nothing}</p>`
        : html`<p class="good">${t("sheet.locked")}</p>`
    }
    <p class="hash"><small>SHA-256 ${kept.input_hash}</small></p>`;
}
