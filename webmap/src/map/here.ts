/** Where this device is: a dot, and a circle as wide as that is uncertain. */
import L from "leaflet";
import type { Here } from "../store/field_state";

const RING: L.CircleOptions = {
  className: "here-ring",
  weight: 1,
  fillOpacity: 0.12,
  interactive: false,
};

export class HereMarker {
  readonly #group = L.layerGroup();

  constructor(map: L.Map) {
    this.#group.addTo(map);
  }

  show(here: Here | null): void {
    this.#group.clearLayers();
    if (!here) return;
    const at = L.latLng(here.lat, here.lon);
    const icon = L.divIcon({
      className: "here-marker",
      html: document.createElement("i"),
      iconSize: [24, 24],
    });
    L.circle(at, { ...RING, radius: here.accuracy_m }).addTo(this.#group);
    L.marker(at, { icon, interactive: false, keyboard: false, zIndexOffset: 1500 }).addTo(
      this.#group,
    );
  }
}
