/** The planner's right side: the card of a feature. */
import { html, nothing, type TemplateResult } from "lit";
import "./card";
import { define, Panel } from "./panel";

class Side extends Panel {
  static override reads = ["card"] as const;

  protected override render(): TemplateResult | typeof nothing {
    const { card } = this.state;
    if (!card) return nothing;
    return html`<section class="side"><om-card></om-card></section>`;
  }
}

define("om-side", Side);
