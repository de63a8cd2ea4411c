/** The planner's page: find a feature, and see how much each layer holds. */
import "../style/all.css";
import "../panels/topbar";
import "../panels/search";
import "../panels/card";
import { html, nothing, type TemplateResult } from "lit";
import { mountMap } from "../map/frame";
import { host, page } from "../panels/page";
import { define, Panel } from "../panels/panel";
import { symbol } from "../panels/symbol";
import { begin } from "../store/site";
import { count } from "../text/format";
import { t, word } from "../text/i18n";

/** Every layer with its group, geometry, count and revision. */
class LayerTable extends Panel {
  static override reads = ["layers", "card"] as const;

  protected override render(): TemplateResult {
    const { layers, card } = this.state;
    return html`${card ? html`<om-card></om-card>` : nothing}
      <h2>${t("planner.layers")}</h2>
      <table class="layer-table"><thead><tr><th>${t("planner.layer")}</th><th>${t("planner.count")}</th><th>${t("planner.revision")}</th></tr></thead>
      <tbody>${layers.map((layer) => html`<tr><td>${symbol(layer.name)} ${layer.title ?? layer.name} <small>${word("group", layer.group)}</small></td><td>${count(layer.count)}</td><td>${count(layer.revision)}</td></tr>`)}</tbody></table>`;
  }
}

define("om-layer-table", LayerTable);
document.body.className = "planner";
page(
  () => html`<om-topbar></om-topbar>
    <main class="work">
      <section class="drawer wide"><om-search></om-search><om-layer-table></om-layer-table></section>
      <section class="map-frame"><div id="map"></div><om-legend></om-legend><om-map-foot></om-map-foot></section>
    </main>`,
);
mountMap(host("#map"));
void begin();
