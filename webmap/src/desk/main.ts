/** The duty officer's desk: tools left, map in the middle, plan right. */
import { fetched, pressed } from "../store/coming";
import "../style/all.css";
import "../panels/topbar";
import "../panels/drawer";
import "../panels/drawing";
import "../panels/ground_tools";
import "../panels/layers";
import "../panels/search";
import "../panels/show_on_wall_button";
import "../panels/plan";
import "../panels/timeline";
import { html } from "lit";
import { mountMap } from "../map/frame";
import { watchTwin } from "../map/twin_door";
import type { MapView } from "../map/view";
import { ICONS } from "../panels/icons";
import { fetchPart } from "../panels/lazy";
import { host, page } from "../panels/page";
import { fly } from "../store/browse";
import { begin } from "../store/site";
import { store } from "../store/state";
import { t } from "../text/i18n";
import { listenToKeys } from "./keys";

let map: MapView | null = null;

document.body.className = "desk";
page(
  () => html`<om-topbar></om-topbar>
    <main class="work">
      <om-drawer></om-drawer>
      <section class="map-frame">
        <div id="map"></div>
        <div id="twin" hidden></div>
        <om-legend></om-legend>
        <om-drawing></om-drawing>
        <om-ground-tools></om-ground-tools>
        <div class="map-tools">
          <om-wall-button></om-wall-button>
          <button title=${t("map.print")} aria-label=${t("map.print")} @click=${() =>
            void pressed(
              () => import("../panels/print"),
              ({ openPrint }) => openPrint(),
            )}>${ICONS.print}</button>
          <button title=${t("map.fit")} aria-label=${t("map.fit")} @click=${() => fly({ to: "plan" })}>${ICONS.fit}</button>
          <button title=${t("map.zoomIn")} aria-label=${t("map.zoomIn")} @click=${() => map?.zoomBy(1)}>${ICONS.plus}</button>
          <button title=${t("map.zoomOut")} aria-label=${t("map.zoomOut")} @click=${() => map?.zoomBy(-1)}>${ICONS.minus}</button>
        </div>
        <om-map-foot></om-map-foot>
        <om-pointer></om-pointer>
        <om-evacuation></om-evacuation>
        <om-show-on-wall></om-show-on-wall>
      </section>
      <om-plan></om-plan>
    </main>
    <om-timeline></om-timeline>
    <om-dispatch></om-dispatch>`,
);
mountMap(host("#map"), {
  onReady: (made) => {
    map = made;
  },
});
watchTwin(host("#twin"));
listenToKeys();
void begin({ report: true }).then(async () => {
  if (!store.state.ready) return;
  // What the first picture can do without: deadlines, proposals, reports that were not sent.
  const [duty, intake, marks] = await Promise.all([
    fetched(() => import("../store/duty")),
    fetched(() => import("../store/intake")),
    fetched(() => import("../map/reading_marks")),
  ]);
  fetchPart("om-deadline");
  fetchPart("om-pointer");
  duty.watchDuty();
  if (map) marks.watchReadingMarks(map.map);
  intake.keepIntake();
});
