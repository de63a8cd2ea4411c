/** A plan image of a plant laid on the map by its four corners. */
import type { Map as GlMap, ImageSource, ImageSourceSpecification } from "maplibre-gl";
import type { PlanImage } from "../store/planner";

const ID = "site-plan";
const ABOVE = "road-name";

/** Show one image, another one, or none; its opacity alone is changed without a new image. */
export function showSitePlan(map: GlMap, plan: PlanImage | null): void {
  const held = map.getSource<ImageSource>(ID);
  if (!plan) {
    if (map.getLayer(ID)) map.removeLayer(ID);
    if (held) map.removeSource(ID);
    return;
  }
  const coordinates = plan.corners as ImageSourceSpecification["coordinates"];
  // Workers know no page: their addresses must be whole.
  const url = new URL(plan.url, location.origin).href;
  if (held) held.updateImage({ url, coordinates });
  else map.addSource(ID, { type: "image", url, coordinates });
  if (!map.getLayer(ID)) {
    const above = map.getLayer(ABOVE) ? ABOVE : undefined;
    map.addLayer(
      { id: ID, type: "raster", source: ID, paint: { "raster-fade-duration": 0 } },
      above,
    );
  }
  map.setPaintProperty(ID, "raster-opacity", plan.opacity);
}
