/** The planner's right side: what was found, and the card of one of it. */
import { html, nothing, type TemplateResult } from "lit";
import "./card";
import { define, Panel } from "./panel";
import "./results";

class Side extends Panel {
  static override reads = ["card", "asking"] as const;

  protected override render(): TemplateResult | typeof nothing {
    const { card, asking } = this.state;
    if (!card && !asking.found) return nothing;
    return html`<section class="side">${card ? html`<om-card></om-card>` : nothing}
      ${asking.found ? html`<om-results></om-results>` : nothing}</section>`;
  }
}

define("om-side", Side);
