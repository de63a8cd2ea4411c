/** The field's page: the map, a report and what is in the pocket, for one hand. */
import "../style/all.css";
import "../style/field.css";
import "../panels/topbar";
import "../panels/report";
import "../panels/search";
import "../panels/layers";
import "../panels/card";
import "../panels/brief";
import "../panels/forms";
import "../panels/field_bar";
import "../panels/field_sheet";
import "./build_line";
import { html } from "lit";
import { mountMap } from "../map/frame";
import { host, page } from "../panels/page";
import { beginField } from "../store/begin_field";
import { keepPage } from "./page_build";

document.body.className = "field";
page(
  () => html`<om-topbar></om-topbar>
    <om-field-badge></om-field-badge>
    <main class="work"><section class="map-frame"><div id="map"></div><om-legend></om-legend><om-map-foot></om-map-foot></section></main>
    <om-field-sheet></om-field-sheet>
    <om-field-nav></om-field-nav>`,
);
mountMap(host("#map"));
void beginField();
void keepPage();
