/** What to do while a shape is being drawn, over the map. */
import { html, nothing, type TemplateResult } from "lit";
import { canClose, closeShape, dropCorner, stopDrawing } from "../store/drawing";
import type { Drawing } from "../store/planner";
import { t } from "../text/i18n";
import { define, Panel } from "./panel";

class DrawingBar extends Panel {
  static override reads = ["drawing", "view"] as const;

  #from: HTMLElement | null = null;

  /** Nothing can be drawn before there is a map to draw on. */
  get #drawing(): Drawing | null {
    return this.state.view ? this.state.drawing : null;
  }

  /** Arrows move the map under the crosshair while one draws; then one is back where one was. */
  protected override updated(): void {
    const drawing = this.#drawing;
    if (drawing && !this.#from) {
      this.#from = document.activeElement instanceof HTMLElement ? document.activeElement : null;
      document
        .querySelector<HTMLElement>("#map .leaflet-container, #map.leaflet-container")
        ?.focus({ preventScroll: true });
    } else if (!drawing && this.#from) {
      if (this.#from.isConnected) this.#from.focus({ preventScroll: true });
      this.#from = null;
    }
  }

  protected override render(): TemplateResult | typeof nothing {
    const drawing = this.#drawing;
    if (!drawing) return nothing;
    const { shape } = drawing;
    return html`<i class="crosshair" aria-hidden="true"></i><div class="drawing-bar" role="status"><span>${t(`draw.${shape}`)} <small>${t("draw.keys")}</small></span>
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
