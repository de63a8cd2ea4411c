/** What a raster answered and the line of a comparison, over the map while there is either. */
import { html, nothing, type TemplateResult } from "lit";
import { fetchPart } from "./lazy";
import { define, Panel } from "./panel";

class GroundTools extends Panel {
  static override reads = ["reading", "ground"] as const;

  protected override render(): TemplateResult {
    const { reading, ground } = this.state;
    if (reading) fetchPart("om-reading");
    if (ground.swipe) fetchPart("om-swipe");
    return html`${ground.swipe ? html`<om-swipe></om-swipe>` : nothing}
      ${reading ? html`<om-reading></om-reading>` : nothing}`;
  }
}

define("om-ground-tools", GroundTools);
