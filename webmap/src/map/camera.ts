/** Where the camera goes: to a place, to a box, or to a whole plan clear of the legend. */
import L from "leaflet";
import { activeIncident, activePlan, type Camera, type State } from "../store/state";

export interface Room {
  /** How much larger text and symbols are than at a desk. */
  scale?: number;
  /** The legend that lies over the map, where it is shown: a plan is fitted clear of it. */
  legend?: () => Element | null;
}

const MARGIN_PX = 48;
const PLAN_ZOOM = 16;

/** Open on the place in the address, else on the plan, else on the site. */
export function start(map: L.Map, state: State, room: Room): void {
  const site = state.session?.site;
  const [west, south, east, north] = site?.bbox ?? [];
  const plan = planBounds(state);
  if (state.view) map.setView([state.view.lat, state.view.lon], state.view.zoom);
  else if (plan) map.fitBounds(plan, beside(map, plan, room));
  else if (site?.center) map.setView([site.center[1], site.center[0]], site.zoom ?? 12);
  else if (west !== undefined && south !== undefined && east !== undefined && north !== undefined)
    map.fitBounds([
      [south, west],
      [north, east],
    ]);
  else map.setView([31.2, 121.5], 5);
}

export function fly(map: L.Map, camera: Camera, state: State, room: Room): void {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const options = { animate: !still, duration: 1.2 };
  if (camera.to === "place") {
    const zoom = camera.zoom ?? Math.max(map.getZoom(), 14);
    if (camera.jump) map.setView([camera.lat, camera.lon], zoom, { animate: false });
    else map.flyTo([camera.lat, camera.lon], zoom, options);
    return;
  }
  if (camera.to === "site") {
    const { center, zoom } = state.session?.site ?? {};
    if (center) map.flyTo([center[1], center[0]], zoom ?? 12, options);
    return;
  }
  const bounds =
    camera.to === "box"
      ? L.latLngBounds([camera.south, camera.west], [camera.north, camera.east])
      : planBounds(state);
  if (bounds) map.flyToBounds(bounds, { ...options, ...beside(map, bounds, room) });
}

/** Room for the legend at the bottom left: beside it or above it, whichever shows more. */
function beside(map: L.Map, bounds: L.LatLngBounds, room: Room): L.FitBoundsOptions {
  const legend = room.legend?.()?.getBoundingClientRect();
  // Labels grow with the scale, and hang over the box of what they name.
  const margin = MARGIN_PX * (room.scale ?? 1);
  const zoom = (x: number, y: number): number =>
    map.getBoundsZoom(bounds, false, L.point(2 * margin + x, 2 * margin + y));
  const [wide, high] = [legend?.width ?? 0, legend?.height ?? 0];
  const [x, y] = zoom(wide, 0) >= zoom(0, high) ? [wide, 0] : [0, high];
  return {
    paddingTopLeft: [margin + x, margin],
    paddingBottomRight: [margin, margin + y],
    maxZoom: PLAN_ZOOM,
  };
}

/** The box of zones and places on scene; routes may begin far away and are not waited for. */
function planBounds(state: State): L.LatLngBounds | null {
  const incident = activeIncident(state);
  if (!incident) return null;
  const plan = activePlan(state);
  const bounds = L.latLng(incident.lat, incident.lon).toBounds(1500);
  if (!plan) return bounds;
  for (const collection of [plan.zones, plan.points]) {
    if (collection.features.length > 0) {
      const box = L.geoJSON(collection).getBounds();
      if (box.isValid()) bounds.extend(box);
    }
  }
  return bounds;
}
