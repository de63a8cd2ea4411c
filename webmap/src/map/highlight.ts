/** A place that somebody at a desk brings out: a ring that pulses, its radius, a word. */
import L from "leaflet";
import type { Highlight } from "../api/views";
import { INK } from "../symbols/palette";

export class HighlightMark {
  readonly #group = L.layerGroup();
  #shown = "null";

  constructor(map: L.Map) {
    this.#group.addTo(map);
  }

  show(mark: Highlight | null): void {
    const shown = JSON.stringify(mark);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#group.clearLayers();
    if (!mark) return;
    const at: L.LatLngTuple = [mark.lat, mark.lon];
    if (mark.radius_m)
      L.circle(at, {
        radius: mark.radius_m,
        color: INK.bright,
        weight: 4,
        dashArray: "14 10",
        fillOpacity: 0.06,
        interactive: false,
      }).addTo(this.#group);
    const icon = L.divIcon({ className: "highlight-marker", html: face(mark), iconSize: [96, 96] });
    L.marker(at, { icon, interactive: false, keyboard: false, zIndexOffset: 3000 }).addTo(
      this.#group,
    );
  }
}

function face({ text }: Highlight): HTMLElement {
  const ring = document.createElement("span");
  ring.className = "highlight-ring";
  if (text) {
    const word = document.createElement("b");
    word.textContent = text;
    ring.append(word);
  }
  return ring;
}
