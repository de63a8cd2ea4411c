/** The command wall: the same live parts, nothing to press, legible at four metres. */
import "../style/all.css";
import "../style/hall.css";
import "./head";
import "./tiles";
import "./people";
import "./forces";
import "./rest";
import "./ticker";
import "./feeds";
import "./duty";
import "./ranking";
import "./second";
import { html } from "lit";
import { mountMap } from "../map/frame";
import { warm } from "../map/heat";
import { host, page } from "../panels/page";
import { fetched } from "../store/coming";
import { begin } from "../store/site";
import { activeIncident, store } from "../store/state";
import { beginWall, isSteered } from "../store/wall";
import { enter } from "../store/wall_door";
import { showing, standing, wallStore } from "../store/wall_state";
import { loadMoreWords } from "../text/i18n";

const RETRY_MS = 5000;

await loadMoreWords("hall");
document.body.className = "hall";
beginWall(location.search);
page(
  () => html`<om-hall-head></om-hall-head>
    <om-hall-tiles hidden></om-hall-tiles>
    <main class="wall">
      <section class="side first" data-fits><om-hall-people></om-hall-people><om-hall-next></om-hall-next><om-hall-assumed></om-hall-assumed><om-hall-grades></om-hall-grades><om-hall-stock></om-hall-stock></section>
      <section class="side wide more" data-fits><om-hall-advice></om-hall-advice><om-hall-assumed></om-hall-assumed><om-hall-stock></om-hall-stock></section>
      <section class="map-frame"><div id="map"></div><om-legend></om-legend><om-map-foot></om-map-foot></section>
      <om-hall-second></om-hall-second>
      <section class="strip" data-fits><om-hall-ticker></om-hall-ticker><om-hall-at-risk></om-hall-at-risk><om-hall-ranking></om-hall-ranking></section>
      <section class="side wide other" data-fits><om-hall-resources></om-hall-resources><om-hall-ticker></om-hall-ticker><om-hall-changed></om-hall-changed></section>
      <section class="side last" data-fits><om-hall-alarms></om-hall-alarms><om-hall-forces></om-hall-forces><om-hall-resources></om-hall-resources><om-hall-advice></om-hall-advice><om-hall-today></om-hall-today><om-hall-duty></om-hall-duty><om-hall-weather></om-hall-weather><om-hall-changed></om-hall-changed></section>
    </main>
    <om-hall-feeds></om-hall-feeds>`,
);

/** Marks on the page itself: an exercise is hatched all round, and the map grows at rest. */
function mark(): void {
  const { state } = store;
  const incident = activeIncident(state);
  document.body.classList.toggle("exercise", incident?.exercise ?? false);
  document.body.classList.toggle("at-rest", standing(state).length === 0);
  document.body.classList.toggle("looks-back", state.replay !== null);
  document.body.classList.toggle("kiosk", wallStore.state.kiosk);
  document.body.classList.toggle(
    "stale",
    state.link.status === "lost" || state.link.status === "late",
  );
}
store.subscribe(mark);
wallStore.subscribe(mark);

mountMap(host("#map"), {
  still: true,
  scale: 2,
  dress: (gl) => {
    const show = warm(gl, () => standing(store.state).length === 0);
    store.subscribe((_, changed) => {
      if (changed.has("incidents")) show();
    });
  },
  onReady: (map) => {
    const bring = (): void => map.bringOut(showing(store.state, wallStore.state).highlight);
    wallStore.subscribe(bring);
    store.subscribe((_, changed) => {
      if (changed.has("incidents")) bring();
    });
    bring();
  },
});

/** A server that is away when the page begins is asked again: nobody is there to press reload. */
async function start(): Promise<void> {
  await enter(location.hash);
  await begin({
    follow: true,
    steered: isSteered,
    away: async () => {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      location.reload();
    },
  });
}
void start();
// What the first picture can do without.
void fetched(() => import("./alarms"));
void fetched(() => import("./at_risk"));
