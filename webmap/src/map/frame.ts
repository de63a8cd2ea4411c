/** The map in its frame: it is made once the site is known, and says so where it cannot be. */
import { activeIncident, store as pageStore, type Store } from "../store/state";
import { t } from "../text/i18n";
import { type MapOptions, MapView } from "./view";

/** Without WebGL nothing is drawn on this machine: say so in the map's place. */
function sayWhy(host: HTMLElement): void {
  const reason = document.createElement("p");
  reason.className = "empty";
  reason.textContent = t("map.noWebgl");
  host.replaceChildren(reason);
}

/** Say round the map that what it shows is an exercise, on whichever page. */
function markExercise(host: HTMLElement, store: Store): void {
  const frame = host.closest<HTMLElement>(".map-frame");
  const mark = (): void => {
    if (activeIncident(store.state)?.exercise)
      frame?.setAttribute("data-exercise", t("incident.exercise"));
    else frame?.removeAttribute("data-exercise");
  };
  mark();
  store.subscribe(mark);
}

/** Mount the map in a host once the site is known; zoom buttons call what `onReady` gives. */
export function mountMap(
  host: HTMLElement,
  options: MapOptions & { onReady?: (map: MapView) => void; store?: Store } = {},
): void {
  const store = options.store ?? pageStore;
  const make = (): void => {
    const legend = (): Element | null =>
      host.parentElement?.querySelector("om-legend section") ?? null;
    markExercise(host, store);
    const map = new MapView(host, store, { legend, onBlind: () => sayWhy(host), ...options });
    options.onReady?.(map);
  };
  if (store.state.ready) {
    make();
    return;
  }
  const stop = store.subscribe((state) => {
    if (!state.ready) return;
    stop();
    make();
  });
}
