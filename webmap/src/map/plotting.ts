/** The door to what officers draw and measure: its code is fetched with the first incident or tool. */
import type L from "leaflet";
import type { Map as GlMap } from "maplibre-gl";
import { fetched } from "../store/coming";
import type { Observable } from "../store/observable";
import type { PlotState } from "../store/plot_state";
import { type State, store } from "../store/state";

/** A wall has no mouse: it shows what is drawn and lets nobody draw. */
interface Reach {
  still?: boolean;
  /** A second map beside the page's own shows them too. */
  aside?: boolean;
  scale?: number;
  /** What is shown, where that is not the page's own. */
  plots?: Observable<PlotState>;
}

const wanted = ({ incident, drawer, pack }: State): boolean =>
  pack === null && (incident !== null || drawer === "plot" || drawer === "measure");

export function watchPlots(map: L.Map, gl: GlMap, reach: Reach): void {
  let stop = (): void => {};
  let coming = false;
  const look = (state: State): void => {
    if (coming || !wanted(state)) return;
    coming = true;
    void fetched(() => import("./plot_view")).then(({ PlotView }) => {
      stop();
      new PlotView(map, gl, { ...reach, still: reach.still === true || reach.aside === true });
    });
  };
  stop = store.subscribe(look);
  look(store.state);
}
