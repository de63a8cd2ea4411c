/** Where the pointer is, at the foot of the map, in the form that somebody chose. */
import { html, nothing, type TemplateResult } from "lit";
import { FORMS, type Form, written } from "../store/plot_grids";
import { chooseForm, recallForm } from "../store/plot_measure";
import { t, word } from "../text/i18n";
import { define } from "./panel";
import { inputOf, PlotPanel } from "./plot_panel";
import "../style/plot.css";

class PointerPlace extends PlotPanel {
  static override reads = ["view"] as const;
  static override plots = ["here", "form"] as const;

  override connectedCallback(): void {
    super.connectedCallback();
    recallForm();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { here, form } = this.plots;
    const { view } = this.state;
    if (!view) return nothing;
    const [lon = view.lon, lat = view.lat] = here ?? [];
    return html`<output title=${here ? t("measure.pointer") : t("measure.middle")}>${written(form, lon, lat) ?? t("measure.beyond")}</output>
      <select aria-label=${t("measure.form")} @change=${(event: Event) => chooseForm(inputOf(event).value as Form)}>
        ${FORMS.map((name) => html`<option value=${name} ?selected=${name === form}>${word("measure.short", name)}</option>`)}</select>`;
  }
}

define("om-pointer", PointerPlace);
