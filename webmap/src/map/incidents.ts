/** Incidents as markers of the page itself: a ring that pulses and its level's numeral. */
import L from "leaflet";
import type { Incident } from "../api/wire";
import { NUMERALS } from "../text/format";
import { onPress } from "./pressed";

export class IncidentMarkers {
  #group = L.layerGroup();
  #draft: L.Marker | null = null;

  constructor(
    private readonly map: L.Map,
    private readonly press: (incident: Incident) => void,
    private readonly moveDraft: (lon: number, lat: number) => void,
  ) {
    this.#group.addTo(map);
  }

  show(incidents: readonly Incident[], active: string | null): void {
    this.#group.clearLayers();
    for (const incident of incidents) {
      if (incident.status === "closed") continue;
      const icon = L.divIcon({
        className: "incident-marker",
        html: face(incident, incident.id === active),
        iconSize: [56, 56],
      });
      const marker = L.marker([incident.lat, incident.lon], {
        icon,
        keyboard: true,
        alt: incident.title,
        zIndexOffset: incident.id === active ? 1000 : 500,
      });
      onPress(marker, () => this.press(incident));
      marker.addTo(this.#group);
    }
  }

  /** The place of a report being taken; it can be dragged. */
  showDraft(place: { lon: number; lat: number } | null): void {
    if (!place) {
      this.#draft?.remove();
      this.#draft = null;
      return;
    }
    if (this.#draft) {
      this.#draft.setLatLng([place.lat, place.lon]);
      return;
    }
    const icon = L.divIcon({
      className: "draft-marker",
      html: document.createElement("i"),
      iconSize: [44, 44],
    });
    this.#draft = L.marker([place.lat, place.lon], {
      icon,
      draggable: true,
      zIndexOffset: 2000,
    }).addTo(this.map);
    this.#draft.on("dragend", () => {
      const at = this.#draft?.getLatLng();
      if (at) this.moveDraft(at.lng, at.lat);
    });
  }
}

/** Elements, never a string of HTML: titles come from outside. */
function face(incident: Incident, active: boolean): HTMLElement {
  const ring = document.createElement("span");
  ring.className = `incident-ring${active ? " active" : ""}${incident.exercise ? " exercise" : ""}`;
  const numeral = document.createElement("b");
  numeral.textContent = NUMERALS[incident.response_level ?? incident.accident_grade ?? ""] ?? "!";
  ring.append(numeral);
  return ring;
}
