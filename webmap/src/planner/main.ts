/** The planner's page: data in, questions, themes and files of enterprises, around one map. */
import { pressed } from "../store/coming";
import "../style/all.css";
import "../style/planner.css";
import "../panels/topbar";
import "../panels/search";
import "../panels/layers";
import "../panels/own_layer";
import "../panels/tools";
import "../panels/drawing";
import "../panels/ground_tools";
import "../panels/side";
import { html } from "lit";
import { mountMap } from "../map/frame";
import type { MapView } from "../map/view";
import { ICONS } from "../panels/icons";
import { host, page } from "../panels/page";
import { beginPlanner } from "../store/begin_planner";
import { t } from "../text/i18n";
import { listenToKeys } from "./keys";

let map: MapView | null = null;

document.body.className = "planner";
page(
  () => html`<om-topbar></om-topbar>
    <main class="work">
      <om-tools></om-tools>
      <section class="map-frame">
        <div id="map"></div>
        <om-legend></om-legend>
        <om-drawing></om-drawing>
        <om-ground-tools></om-ground-tools>
        <div class="map-tools">
          <button title=${t("map.print")} aria-label=${t("map.print")} @click=${() =>
            void pressed(
              () => import("../panels/print"),
              ({ openPrint }) => openPrint(),
            )}>${ICONS.print}</button>
          <button title=${t("map.zoomIn")} aria-label=${t("map.zoomIn")} @click=${() => map?.zoomBy(1)}>${ICONS.plus}</button>
          <button title=${t("map.zoomOut")} aria-label=${t("map.zoomOut")} @click=${() => map?.zoomBy(-1)}>${ICONS.minus}</button>
        </div>
        <om-map-foot></om-map-foot>
      </section>
      <om-side></om-side>
    </main>`,
);
mountMap(host("#map"), {
  onReady: (made) => {
    map = made;
  },
});
listenToKeys();
void beginPlanner();
