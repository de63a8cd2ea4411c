/** A marker that is pressed, with the mouse or with Enter: Leaflet makes no click of a key. */
import type L from "leaflet";

export function onPress(marker: L.Marker, act: () => void): void {
  marker.on("click", act);
  marker.on("keypress", ({ originalEvent }: L.LeafletKeyboardEvent) => {
    if (originalEvent.key === "Enter") act();
  });
}
