/** What a note says: as it stands, struck, or being said otherwise. */
import { html, nothing, type TemplateResult } from "lit";
import type { Note } from "../api/log";
import { stamp } from "../text/format";
import { t } from "../text/i18n";

interface Rewording {
  open: boolean;
  leave: () => void;
  keep: (text: string) => void;
}

export function noteText(
  { text, struck }: Note,
  { open, leave, keep }: Rewording,
): TemplateResult | typeof nothing {
  if (open && !struck)
    return html`<form class="reword" @submit=${(event: Event) => {
      event.preventDefault();
      keep(String(new FormData(event.target as HTMLFormElement).get("text") ?? "").trim());
    }}><textarea name="text" rows="3" maxlength="4000" required aria-label=${t("log.reword")} .value=${text}></textarea>
      <p class="actions"><button class="primary" name="keep-note">${t("bulletin.save")}</button><button type="button" class="ghost" @click=${leave}>${t("report.cancel")}</button></p></form>`;
  if (!text) return nothing;
  return struck ? html`<p><s>${text}</s></p>` : html`<p>${text}</p>`;
}

/** A minute is how long writing takes: what is older speaks of another moment than its line. */
const LATE_MS = 60_000;

export function spokenOf({ at, created_at }: Note): TemplateResult | typeof nothing {
  if (!created_at || Math.abs(Date.parse(created_at) - Date.parse(at)) < LATE_MS) return nothing;
  return html`<small class="spoken-of">${t("log.speaks", { time: stamp(at) })}</small>`;
}
