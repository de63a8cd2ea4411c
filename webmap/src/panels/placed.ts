/** A place for something that is being written: typed, found by name, or pressed on the map. */
import { html, nothing, type TemplateResult } from "lit";
import { fly } from "../store/browse";
import { draw } from "../store/drawing";
import { findSpots, type Spot } from "../store/intake_place";
import { place } from "../text/format";
import { t } from "../text/i18n";
import { define, Panel } from "./panel";
import { symbol } from "./symbol";

export interface Placed {
  lon: number;
  lat: number;
}

/** The place that was chosen, and the ways to choose one. */
export function placed(at: Placed | null, choose: (at: Placed) => void): TemplateResult {
  return html`<om-placed .at=${at} .choose=${choose}></om-placed>`;
}

class PlaceField extends Panel {
  static override properties = { at: { attribute: false }, choose: { attribute: false } };
  declare at: Placed | null;
  declare choose: (at: Placed) => void;
  #typed = "";
  #spots: readonly Spot[] | null = null;
  #fault = "";

  protected override render(): TemplateResult {
    const spots = this.#spots ?? [];
    return html`<label>${t("placed.label")}<input name="spot-text" autocomplete="off" maxlength="200" placeholder=${t("placed.typed")} .value=${this.#typed}
        @input=${(event: Event) => void this.#seek((event.target as HTMLInputElement).value)} @keydown=${(event: KeyboardEvent) => this.#enter(event)} /></label>
      ${this.#spots?.length === 0 && this.#typed.trim() ? html`<small class="hint" role="status">${this.#fault || t("intake.where.none")}</small>` : nothing}
      ${spots.length > 0 ? html`<ul class="choices spots">${spots.map((spot) => html`<li><button type="button" class="row" name="spot" @click=${() => this.#take(spot)}>${spot.layer ? symbol(spot.layer) : nothing}<span class="name">${spot.name ?? place(spot.lon, spot.lat)}${spot.said ? html`<small>${spot.said}</small>` : nothing}</span></button></li>`)}</ul>` : nothing}
      <span class="placed"><button type="button" name="place" @click=${() => this.#press()}>${t("desk.place")}</button>
      <output>${this.at ? place(this.at.lon, this.at.lat) : t("desk.place.none")}</output></span>`;
  }

  async #seek(typed: string): Promise<void> {
    this.#typed = typed;
    const found = await findSpots(typed);
    if (found === null) return;
    this.#spots = typed.trim() === "" ? null : found.spots;
    this.#fault = found.fault;
    this.requestUpdate();
  }

  /** Enter takes the first that was found; it never sends the form around it. */
  #enter(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    const [first] = this.#spots ?? [];
    if (first) this.#take(first);
  }

  #take({ lon, lat }: Spot): void {
    this.#typed = "";
    this.#spots = null;
    fly({ to: "place", lon, lat });
    this.choose({ lon, lat });
    this.requestUpdate();
  }

  #press(): void {
    draw("point", (shape) => {
      if (shape.type !== "Point") return;
      const [lon, lat] = shape.coordinates;
      if (lon !== undefined && lat !== undefined) this.choose({ lon, lat });
    });
  }
}

define("om-placed", PlaceField);
