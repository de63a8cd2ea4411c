/** Two maps that are moved as one. */
import type { MapView } from "./view";

const bound = new WeakSet<MapView>();

/** From now on each map goes where the other is moved; the second begins where the first is. */
export function bind(one: MapView, other: MapView): void {
  if (bound.has(one)) return;
  bound.add(one);
  let led = false;
  const lead = (from: MapView, to: MapView): void => {
    from.map.on("move", () => {
      if (led) return;
      // What follows is moved too, which would come back as a move of its own.
      led = true;
      to.map.setView(from.map.getCenter(), from.map.getZoom(), { animate: false });
      led = false;
    });
  };
  lead(one, other);
  lead(other, one);
  other.map.setView(one.map.getCenter(), one.map.getZoom(), { animate: false });
}
