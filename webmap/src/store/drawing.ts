/** A shape drawn with presses: corners are added, taken back, and closed. */
import type { Geometry } from "geojson";
import type { Drawing } from "./planner";
import { store } from "./state";

let finished: ((shape: Geometry) => void) | null = null;

/** Begin to draw; `done` is called once with the finished shape. */
export function draw(shape: Drawing["shape"], done: (shape: Geometry) => void): void {
  finished = done;
  store.set({ drawing: { shape, points: [] } });
}

export function stopDrawing(): void {
  finished = null;
  store.set({ drawing: null });
}

/** A press on the map: the whole of a point, the next corner of a line or a polygon. */
export function addCorner(lon: number, lat: number): void {
  const { drawing } = store.state;
  if (!drawing) return;
  if (drawing.shape === "point") finish({ type: "Point", coordinates: [lon, lat] });
  else store.set({ drawing: { ...drawing, points: [...drawing.points, [lon, lat]] } });
}

/** A press in the middle of the map, for who draws without a pointer. */
export function pressMiddle(): void {
  const { view } = store.state;
  if (view) addCorner(view.lon, view.lat);
}

/** Enter sets a point, or closes what can be closed; before that it adds the next corner. */
export function enterShape(): void {
  const { drawing } = store.state;
  if (drawing && canClose(drawing)) closeShape();
  else pressMiddle();
}

export function moveCorner(index: number, lon: number, lat: number): void {
  const { drawing } = store.state;
  if (!drawing) return;
  const points = drawing.points.map((point, at) => (at === index ? [lon, lat] : point));
  store.set({ drawing: { ...drawing, points } });
}

export function dropCorner(): void {
  const { drawing } = store.state;
  if (drawing) store.set({ drawing: { ...drawing, points: drawing.points.slice(0, -1) } });
}

const CORNERS: Readonly<Record<Drawing["shape"], number>> = { point: 1, line: 2, polygon: 3 };

/** A line needs two corners, a polygon three; fewer are nothing yet. */
export function canClose({ shape, points }: Drawing): boolean {
  return shape !== "point" && points.length >= CORNERS[shape];
}

export function closeShape(): void {
  const { drawing } = store.state;
  const first = drawing?.points[0];
  if (!drawing || !first || !canClose(drawing)) return;
  if (drawing.shape === "line") finish({ type: "LineString", coordinates: [...drawing.points] });
  else finish({ type: "Polygon", coordinates: [[...drawing.points, first]] });
}

function finish(shape: Geometry): void {
  const done = finished;
  stopDrawing();
  done?.(shape);
}
