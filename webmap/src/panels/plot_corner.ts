/** Typed places: where a corner is, where the next one goes, by coordinates or bearing and distance. */

import type { Position } from "geojson";
import { html, nothing, type TemplateResult } from "lit";
import { change } from "../store/plot_edit";
import { beyond } from "../store/plot_geodesic";
import { FORMS, type Form, written } from "../store/plot_grids";
import { pulled } from "../store/plot_handles";
import { chooseForm, recallForm } from "../store/plot_measure";
import { corners } from "../store/plot_pick";
import { readTyped } from "../store/plot_place";
import { plotStore, theOne } from "../store/plot_state";
import { press } from "../store/plot_tool";
import { t, word } from "../text/i18n";
import { define } from "./panel";
import { inputOf, PlotPanel } from "./plot_panel";

class PlotCorner extends PlotPanel {
  static override plots = ["selection", "plots", "corner", "drawing", "tool", "form"] as const;

  override connectedCallback(): void {
    super.connectedCallback();
    recallForm();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { tool, corner, form } = this.plots;
    const only = theOne(this.plots);
    if (tool !== "select") return this.#next();
    if (!only || only.locked) return nothing;
    const held = corners(only);
    const at = held[corner ?? 0];
    if (!at) return nothing;
    const [lon = 0, lat = 0] = at.at;
    return html`<details class="plot-corner" ?open=${corner !== null}><summary>${t("plot.corner", { at: (corner ?? 0) + 1, of: held.length })}</summary>
      <label>${t("plot.place")}<input name="corner" autocomplete="off" .value=${written(form, lon, lat) ?? `${lon}, ${lat}`} @change=${(event: Event) => void this.#move(event)} /></label>
      ${this.#form()}
      ${only.geometry.type === "Polygon" && only.kind === "polygon" ? this.#holes() : nothing}</details>`;
  }

  /** Which system two plain numbers are in; the other forms say it themselves. */
  #form(): TemplateResult {
    const { form } = this.plots;
    return html`<label>${t("measure.form")}<select name="form" @change=${(event: Event) => chooseForm(inputOf(event).value as Form)}>
      ${FORMS.map((name) => html`<option value=${name} ?selected=${name === form}>${word("measure.form", name)}</option>`)}</select></label>
      <p class="hint">${t(form === "gcj02" ? "plot.place.gcj02" : "plot.place.hint")}</p>`;
  }

  async #move(event: Event): Promise<void> {
    const only = theOne(this.plots);
    const grip = only && corners(only)[this.plots.corner ?? 0];
    const to = await readTyped(inputOf(event).value, this.plots.form);
    if (only && grip && to) change([only], () => pulled(only, grip, to));
    this.requestUpdate();
  }

  /** The next press of the shape that is being drawn. */
  #next(): TemplateResult {
    const last = this.plots.drawing?.points.at(-1);
    return html`<form class="plot-corner" @submit=${(event: Event) => void this.#typed(event)}>
      <label>${t("plot.place.next")}<input name="place" autocomplete="off" /></label>
      ${this.#form()}
      ${
        last
          ? html`<div class="pair"><label>${t("plot.bearing")}<input name="bearing" type="number" min="0" max="360" step="any" /></label>
      <label>${t("plot.distance")}<input name="distance" type="number" min="0.1" max="1000000" step="any" /></label></div>`
          : nothing
      }
      <button class="wide" name="plot-set">${t("plot.place.set")}</button></form>`;
  }

  async #typed(event: Event): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const given = new FormData(form);
    const text = String(given.get("place") ?? "").trim();
    const last = this.plots.drawing?.points.at(-1);
    const at = text === "" ? along(last, given) : await readTyped(text, this.plots.form);
    if (!at) return;
    press(at);
    form.reset();
  }

  #holes(): TemplateResult {
    return html`<button type="button" class="wide" name="plot-hole" @click=${() => this.#hole()}>${t("plot.hole")}</button><p class="hint">${t("plot.hole.hint")}</p>`;
  }

  /** The other selected polygon, or the last one drawn inside, becomes a hole of this one. */
  #hole(): void {
    const only = theOne(this.plots);
    if (!only) return;
    plotStore.set({ holeIn: only.id, tool: "polygon", drawing: null });
  }
}

function along(last: Position | undefined, given: FormData): Position | null {
  const [bearing_deg, distance_m] = [Number(given.get("bearing")), Number(given.get("distance"))];
  return last && distance_m > 0 ? beyond(last, { distance_m, bearing_deg }) : null;
}

define("om-plot-corner", PlotCorner);
