/** The field's page: the map and a report, for one hand. */
import "../style/all.css";
import "../style/field.css";
import "../panels/topbar";
import "../panels/report";
import { html, nothing, type TemplateResult } from "lit";
import { mountMap } from "../map/frame";
import { host, page } from "../panels/page";
import { define, Panel } from "../panels/panel";
import { begin } from "../store/site";

/** The report form over the lower half of the map, only while one is taken. */
class FieldSheet extends Panel {
  static override reads = ["draft"] as const;

  protected override render(): TemplateResult | typeof nothing {
    return this.state.draft
      ? html`<section class="sheet"><om-report></om-report></section>`
      : nothing;
  }
}

define("om-field-sheet", FieldSheet);
document.body.className = "field";
page(
  () => html`<om-topbar></om-topbar>
    <main class="work"><section class="map-frame"><div id="map"></div><om-legend></om-legend><om-map-foot></om-map-foot></section></main>
    <om-field-sheet></om-field-sheet>`,
);
mountMap(host("#map"));
void begin({ report: true });
