/** The planner's right side: what was found, the card of one of it, or the whole file of an enterprise or park. */
import { html, nothing, type TemplateResult } from "lit";
import { fetchPart } from "./lazy";
import { define, Panel } from "./panel";
import "./results";

class Side extends Panel {
  static override reads = ["card", "asking", "dossier"] as const;

  protected override render(): TemplateResult | typeof nothing {
    const { card, asking, dossier } = this.state;
    if (!card && !asking.found && !dossier) return nothing;
    if (card) fetchPart("om-card");
    if (dossier) fetchPart("om-dossier");
    if (dossier)
      return html`<section class="side wide">${card ? html`<om-card></om-card>` : nothing}<om-dossier></om-dossier></section>`;
    return html`<section class="side">${card ? html`<om-card></om-card>` : nothing}
      ${asking.found ? html`<om-results></om-results>` : nothing}</section>`;
  }
}

define("om-side", Side);
