/** How near a press must come, by mouse and by finger, and which grip it then holds. */
import type { Position } from "geojson";
import type L from "leaflet";
import type { Grip } from "../store/plot_handles";

export const SLIP_PX = { mouse: 4, touch: 12 } as const;
/** A finger's target is 44 px wide and more. */
export const GRIP_PX = { mouse: 10, touch: 24 } as const;
export const UNDER_PX = { mouse: 6, touch: 22 } as const;

export const reachOf = (event: MouseEvent): "mouse" | "touch" =>
  event instanceof PointerEvent && event.pointerType !== "mouse" ? "touch" : "mouse";

/** Buttons over the map are theirs. */
export const onControl = ({ target }: Event): boolean =>
  target instanceof Element && target.closest(".leaflet-control, button, om-legend") !== null;

export function nearest(
  held: readonly Grip[],
  mouse: L.Point,
  reach: number,
  project: (position: Position) => { x: number; y: number },
): Grip | null {
  let best: Grip | null = null;
  let least = reach;
  for (const one of held) {
    const at = project(one.at);
    // Where both are near, a corner is meant and not the middle beside it.
    const distance = Math.hypot(at.x - mouse.x, at.y - mouse.y) + (one.kind === "middle" ? 3 : 0);
    if (distance >= least) continue;
    best = one;
    least = distance;
  }
  return best;
}
