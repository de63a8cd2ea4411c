/** What a raster says: at a place that was pressed, along a drawn line, within a drawn area. */
import type { Geometry } from "geojson";
import * as api from "../api/ground";
import { draw } from "./drawing";
import { rasterOf } from "./ground";
import type { Reading } from "./ground_state";
import { attempt } from "./notices";
import { type State, store } from "./state";

/** The topmost raster that is laid, whose value a press tells. */
export function readable(state: State): api.Raster | null {
  for (const { key } of [...state.ground.choices].reverse()) {
    const raster = rasterOf(state, key);
    if (raster) return raster;
  }
  return null;
}

let asking: AbortController | null = null;

function begin(reading: Reading): AbortController {
  asking?.abort();
  asking = new AbortController();
  store.set({ reading });
  return asking;
}

/** Ask the topmost raster what it says at a place; nothing where none is laid. */
export async function readValue(lon: number, lat: number): Promise<void> {
  const raster = readable(store.state);
  if (!raster) return;
  const control = begin({ of: "value", raster: raster.id, lon, lat, answer: null });
  const answer = await attempt(() => api.getValue(raster.id, lon, lat, control.signal));
  if (asking !== control) return;
  store.set({ reading: answer && { of: "value", raster: raster.id, lon, lat, answer } });
}

/** Draw a line and read the raster along it. */
export function drawProfile(raster: api.Raster): void {
  draw("line", (shape) => void readProfile(raster, shape));
}

async function readProfile(raster: api.Raster, shape: Geometry): Promise<void> {
  if (shape.type !== "LineString") return;
  const line = shape.coordinates;
  const control = begin({ of: "profile", raster: raster.id, line, answer: null });
  const answer = await attempt(() => api.getProfile(raster.id, line));
  if (asking !== control) return;
  store.set({ reading: answer && { of: "profile", raster: raster.id, line, answer } });
}

/** Draw an area and sum the raster up within it. */
export function drawZonal(raster: api.Raster): void {
  draw("polygon", (shape) => void readZonal(raster, shape));
}

async function readZonal(raster: api.Raster, area: Geometry): Promise<void> {
  const control = begin({ of: "zonal", raster: raster.id, answer: null });
  store.set({ overlay: { ...store.state.overlay, area } });
  const answer = await attempt(() => api.getZonal(raster.id, area));
  if (asking !== control) return;
  store.set({ reading: answer && { of: "zonal", raster: raster.id, answer } });
}

export function closeReading(): void {
  asking?.abort();
  asking = null;
  if (store.state.reading?.of === "zonal")
    store.set({ overlay: { ...store.state.overlay, area: null } });
  store.set({ reading: null });
}
