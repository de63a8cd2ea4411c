/** Measuring on the map: distance, area, bearing, and the ground along a line. */
import { html, nothing, type TemplateResult } from "lit";
import { FORMS, type Form, written } from "../store/plot_grids";
import {
  beginMeasure,
  chooseForm,
  dropMeasure,
  endMeasure,
  measureCursor,
  measured,
  recallForm,
  stopMeasure,
} from "../store/plot_measure";
import type { MeasureKind } from "../store/plot_state";
import { moveCursor } from "../store/plot_tool";
import { drawProfile } from "../store/reading";
import { area, distance } from "../text/format";
import { t, word } from "../text/i18n";
import { define } from "./panel";
import { inputOf, PlotPanel } from "./plot_panel";
import "../style/plot.css";

const KINDS: readonly MeasureKind[] = ["distance", "area", "bearing"];
const degrees = (value: number): string => `${value.toFixed(1)}\u00b0`;

const STEP_PX = 10;
const STRIDE_PX = 100;

/** Arrows move the crosshair, which begins in the middle of the map. */
function arrows(far: boolean): Record<string, () => void> {
  const by = far ? STRIDE_PX : STEP_PX;
  return {
    ArrowLeft: () => moveCursor(-by, 0),
    ArrowRight: () => moveCursor(by, 0),
    ArrowUp: () => moveCursor(0, -by),
    ArrowDown: () => moveCursor(0, by),
  };
}

class Measure extends PlotPanel {
  static override reads = ["ground"] as const;
  static override plots = ["measuring", "form"] as const;

  override connectedCallback(): void {
    super.connectedCallback();
    recallForm();
    beginMeasure("distance");
    addEventListener("keydown", this.#key, { capture: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("keydown", this.#key, { capture: true });
    endMeasure();
  }

  #key = (event: KeyboardEvent): void => {
    const writing = event.target instanceof HTMLElement && event.target.closest("input, select");
    const act = {
      Enter: stopMeasure,
      Backspace: dropMeasure,
      Escape: () => this.#again(),
      " ": measureCursor,
      ...arrows(event.shiftKey),
    }[event.key];
    if (writing || !act || event.target instanceof HTMLButtonElement) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act();
  };

  #again(): void {
    beginMeasure(this.plots.measuring?.kind ?? "distance");
  }

  protected override render(): TemplateResult {
    const { measuring, form } = this.plots;
    const kind = measuring?.kind ?? "distance";
    const heights = this.state.ground.rasters.find((raster) => raster.kind === "dem");
    return html`<h2>${t("measure.title")}</h2>
      <div class="plot-bar" role="group">${KINDS.map((name) => html`<button type="button" name="measure-${name}" aria-pressed=${kind === name} @click=${() => beginMeasure(name)}>${word("measure.kind", name)}</button>`)}
      ${heights ? html`<button type="button" name="measure-profile" @click=${() => drawProfile(heights)}>${t("measure.profile")}</button>` : nothing}</div>
      <p class="hint">${word("measure.how", kind)}</p>
      ${this.#figures()}
      <label>${t("measure.form")}<select name="form" @change=${(event: Event) => chooseForm(inputOf(event).value as Form)}>
        ${FORMS.map((name) => html`<option value=${name} ?selected=${name === form}>${word("measure.form", name)}</option>`)}</select></label>
      ${form === "gcj02" ? html`<p class="hint">${t("measure.gcj02")}</p>` : nothing}
      <p class="hint">${t("measure.source")}</p>`;
  }

  #figures(): TemplateResult | typeof nothing {
    const { measuring, form } = this.plots;
    if (!measuring || measuring.points.length === 0) return nothing;
    const found = measured(measuring);
    const [first] = measuring.points;
    const [lon = 0, lat = 0] = first ?? [];
    return html`<dl class="fields measured" aria-live="polite">
      <dt>${t("measure.from")}</dt><dd>${written(form, lon, lat) ?? "—"}</dd>
      ${found.area_m2 === null ? nothing : html`<dt>${t("measure.area")}</dt><dd>${area(found.area_m2)}</dd>`}
      <dt>${measuring.kind === "area" ? t("measure.around") : t("measure.sum")}</dt><dd>${exact(found.length_m)}</dd>
      ${found.bearing_deg === null || measuring.kind === "area" ? nothing : html`<dt>${t("measure.bearing")}</dt><dd>${degrees(found.bearing_deg)}</dd>`}</dl>
      ${measuring.kind === "distance" && found.legs.length > 1 ? html`<ol class="legs">${found.legs.map((leg) => html`<li>${exact(leg.distance_m)} · ${degrees(leg.bearing_deg)}</li>`)}</ol>` : nothing}
      <div class="quick"><button type="button" @click=${dropMeasure}>${t("plot.drop")}</button><button type="button" @click=${() => this.#again()}>${t("measure.again")}</button></div>`;
  }
}

/** Rounded as distances are read, with the metres beside it. */
function exact(metres: number): string {
  return metres < 1000
    ? `${metres.toFixed(1)} m`
    : `${distance(metres)} (${Math.round(metres).toLocaleString("en")} m)`;
}

define("om-measure", Measure);
