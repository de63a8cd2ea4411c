import { html, nothing, type TemplateResult } from "lit";
import { showSource } from "../store/browse";
import { groundCredits } from "../store/ground";
import { dismiss } from "../store/notices";
import { activePlan } from "../store/state";
import { place } from "../text/format";
import { t } from "../text/i18n";
import { ICONS } from "./icons";
import { define, Panel } from "./panel";
import { modelDetails } from "./plan_sources";

/** What stands behind a number. */
class SourceDialog extends Panel {
  static override reads = ["source", "assessments", "incident"] as const;

  protected override render(): TemplateResult | typeof nothing {
    const { source } = this.state;
    if (!source) return nothing;
    const models = (activePlan(this.state)?.models ?? []).filter(({ name }) =>
      source.models.includes(name),
    );
    return html`<dialog class="source" @close=${() => showSource(null)} aria-label=${t("sources.open")}>
      <header><b class="value">${source.value}</b><h2>${source.title}</h2><button class="ghost" autofocus aria-label=${t("card.close")} @click=${() => showSource(null)}>${ICONS.close}</button></header>
      ${source.lines.map((line) => html`<p>${line}</p>`)}
      ${models.map((model) => modelDetails(model))}
      ${source.lines.length === 0 && models.length === 0 ? html`<p class="hint">${t("sources.unknown")}</p>` : nothing}
    </dialog>`;
  }

  protected override updated(): void {
    const dialog = this.querySelector("dialog");
    if (dialog && !dialog.open) dialog.showModal();
    for (const model of this.querySelectorAll("details")) model.open = true;
  }
}

/** Errors and good news. */
class Notices extends Panel {
  static override reads = ["notices"] as const;

  protected override render(): TemplateResult {
    return html`${this.state.notices.map(
      (
        notice,
      ) => html`<div class="notice ${notice.tone}" role=${notice.tone === "error" ? "alert" : "status"}>
      <span>${notice.text}</span><button class="ghost" aria-label=${t("notice.dismiss")} @click=${() => dismiss(notice.id)}>${ICONS.close}</button></div>`,
    )}`;
  }
}

/** Where the map is, and whose data it shows. */
class MapFoot extends Panel {
  static override reads = ["view", "attribution", "ground"] as const;

  protected override render(): TemplateResult {
    const { view } = this.state;
    const attribution = new Set([...this.state.attribution, ...groundCredits(this.state)]);
    return html`${view ? html`<span class="coordinates">${place(view.lon, view.lat)}</span>` : nothing}
      ${[...attribution].map((line) => html`<span class="attribution">${line}</span>`)}`;
  }
}

define("om-source", SourceDialog);
define("om-notices", Notices);
define("om-map-foot", MapFoot);
