/** The command wall: the same live parts, nothing to press, legible at four metres. */
import "../style/all.css";
import "../style/hall.css";
import "../panels/topbar";
import "./panels";
import { html } from "lit";
import { mountMap } from "../map/frame";
import { host, page } from "../panels/page";
import { begin } from "../store/site";

document.body.className = "hall";
page(
  () => html`<om-hall-head></om-hall-head>
    <main class="wall">
      <om-hall-people></om-hall-people>
      <section class="map-frame"><div id="map"></div><om-legend></om-legend><om-map-foot></om-map-foot></section>
      <om-hall-forces></om-hall-forces>
    </main>`,
);
mountMap(host("#map"), { still: true, scale: 1.6 });
void begin({ follow: true });
