/** What lies over the map for a while: a shape being drawn, an area asked about, what was found. */
import type { Feature, Geometry } from "geojson";
import L from "leaflet";
import { openCard } from "../store/browse";
import { canClose, closeShape, dropCorner, moveCorner } from "../store/drawing";
import type { Drawing, Overlay } from "../store/planner";
import { INK } from "../symbols/palette";

const AREA: L.PathOptions = {
  color: INK.accent,
  weight: 2,
  dashArray: "6 4",
  fillOpacity: 0.06,
  interactive: false,
};
const OUTLINE: L.PathOptions = {
  color: INK.bright,
  weight: 4,
  dashArray: "10 8",
  fillOpacity: 0.1,
  interactive: false,
};
const FOUND: L.CircleMarkerOptions = {
  radius: 7,
  color: INK.accent,
  weight: 2,
  fillColor: INK.halo,
  fillOpacity: 0.35,
  bubblingMouseEvents: false,
};

export class OverlayLayer {
  readonly #area = L.layerGroup();
  readonly #found = L.layerGroup();
  readonly #drawn = L.layerGroup();

  /** Whether a double press zooms while nothing is drawn: on a wall it never does. */
  readonly #zooms: boolean;
  #drawing = false;

  constructor(private readonly map: L.Map) {
    this.#zooms = map.doubleClickZoom.enabled();
    for (const group of [this.#area, this.#found, this.#drawn]) group.addTo(map);
    map.on("dblclick", () => this.#close());
  }

  /** The second press of a double press has set a corner on top of the last one. */
  #close(): void {
    if (!this.#drawing) return;
    dropCorner();
    closeShape();
  }

  show({ area, features, outline }: Overlay): void {
    this.#area.clearLayers();
    this.#found.clearLayers();
    if (area) L.geoJSON(area, { style: AREA, interactive: false }).addTo(this.#area);
    if (outline) L.geoJSON(outline, { style: OUTLINE, interactive: false }).addTo(this.#area);
    for (const feature of features.features) this.#feature(feature).addTo(this.#found);
  }

  #feature(feature: Feature<Geometry, Record<string, unknown>>): L.Layer {
    const { layer } = feature.properties;
    const shown = L.geoJSON(feature, {
      style: { ...FOUND, weight: 2, fillOpacity: 0.15 },
      pointToLayer: (_, at) => L.circleMarker(at, FOUND),
    });
    if (typeof layer === "string" && feature.id !== undefined)
      shown.on("click", () => void openCard(layer, String(feature.id)));
    return shown;
  }

  /** Corners can be dragged; a press on the one that is marked closes the shape. */
  draw(drawing: Drawing | null): void {
    this.#drawn.clearLayers();
    this.#drawing = drawing !== null;
    if (this.#drawing) this.map.doubleClickZoom.disable();
    else if (this.#zooms) this.map.doubleClickZoom.enable();
    this.map.getContainer().classList.toggle("drawing", drawing !== null);
    if (!drawing || drawing.shape === "point") return;
    const corners = drawing.points.map(([lon = 0, lat = 0]) => L.latLng(lat, lon));
    const look = { ...AREA, dashArray: undefined };
    if (corners.length > 1)
      (drawing.shape === "line" ? L.polyline(corners, look) : L.polygon(corners, look)).addTo(
        this.#drawn,
      );
    for (const [index, at] of corners.entries()) this.#corner(at, index, drawing);
  }

  #corner(at: L.LatLng, index: number, drawing: Drawing): void {
    // A polygon closes where it began, a line where it ends.
    const last = drawing.shape === "line" ? drawing.points.length - 1 : 0;
    const closes = index === last && canClose(drawing);
    const icon = L.divIcon({
      className: closes ? "corner closes" : "corner",
      html: document.createElement("i"),
      iconSize: [32, 32],
    });
    const marker = L.marker(at, { icon, draggable: true, keyboard: false, zIndexOffset: 3000 });
    marker.on("dragend", () => moveCorner(index, marker.getLatLng().lng, marker.getLatLng().lat));
    if (closes) marker.on("click", () => closeShape());
    marker.addTo(this.#drawn);
  }
}
