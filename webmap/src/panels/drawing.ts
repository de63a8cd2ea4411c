/** What to do while a shape is being drawn, over the map. */
import { html, nothing, type TemplateResult } from "lit";
import { canClose, closeShape, dropCorner, stopDrawing } from "../store/drawing";
import { t } from "../text/i18n";
import { define, Panel } from "./panel";

class DrawingBar extends Panel {
  static override reads = ["drawing"] as const;

  protected override render(): TemplateResult | typeof nothing {
    const { drawing } = this.state;
    if (!drawing) return nothing;
    const { shape } = drawing;
    return html`<div class="drawing-bar" role="status"><span>${t(`draw.${shape}`)}</span>
      ${
        shape !== "point"
          ? html`<button ?disabled=${drawing.points.length === 0} @click=${dropCorner}>${t("draw.back")}</button>
        <button class="primary" name="close-shape" ?disabled=${!canClose(drawing)} @click=${closeShape}>${t("draw.close")}</button>`
          : nothing
      }
      <button class="ghost" @click=${stopDrawing}>${t("draw.cancel")}</button></div>`;
  }
}

define("om-drawing", DrawingBar);
