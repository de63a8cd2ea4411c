/** Show on the map what a line of a panel speaks of, while somebody points at it. */
import type { Geometry } from "geojson";
import type { WireCollection } from "../api/wire";
import { store } from "./state";

export function outline(shape: Geometry | WireCollection | null): void {
  const { overlay } = store.state;
  if ((overlay.outline ?? null) !== shape) store.set({ overlay: { ...overlay, outline: shape } });
}
