/** A place by a press on the map, for something that is being written. */
import { html, type TemplateResult } from "lit";
import { draw } from "../store/drawing";
import { place } from "../text/format";
import { t } from "../text/i18n";

export interface Placed {
  lon: number;
  lat: number;
}

/** The place that was chosen, and the button that lets the next press of the map choose one. */
export function placed(at: Placed | null, choose: (at: Placed) => void): TemplateResult {
  return html`<span class="placed"><button type="button" name="place" @click=${() => pick(choose)}>${t("desk.place")}</button>
    <output>${at ? place(at.lon, at.lat) : t("desk.place.none")}</output></span>`;
}

function pick(choose: (at: Placed) => void): void {
  draw("point", (shape) => {
    if (shape.type !== "Point") return;
    const [lon, lat] = shape.coordinates;
    if (lon !== undefined && lat !== undefined) choose({ lon, lat });
  });
}
