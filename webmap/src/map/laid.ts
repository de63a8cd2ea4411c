/** Maps of others and rasters on the ground, and the line that parts two of them. */
import type {
  AJAXError,
  CustomLayerInterface,
  ErrorEvent,
  Map as GlMap,
  LayerSpecification,
  SourceSpecification,
} from "maplibre-gl";
import { laidFailed } from "../store/ground";
import type { Laid, Swipe } from "../store/ground_state";

/** What is laid lies under the zones of a plan. */
const ABOVE = "zone-fill";
const CUTS = ["swipe-left", "swipe-right", "swipe-end"] as const;
const TILE_PX = 256;

export const laidId = (key: string): string => `laid-${key}`;

export function laidSources(laid: readonly Laid[]): Record<string, SourceSpecification> {
  return Object.fromEntries(
    laid.map(({ key, tiles, minzoom, maxzoom, bounds }): [string, SourceSpecification] => [
      laidId(key),
      {
        type: "raster",
        // Workers know no page: their addresses must be whole.
        tiles: [`${location.origin}${tiles}`],
        tileSize: TILE_PX,
        minzoom,
        maxzoom,
        ...(bounds?.length === 4 ? { bounds: bounds as [number, number, number, number] } : {}),
      },
    ]),
  );
}

export function laidLayers(laid: readonly Laid[]): LayerSpecification[] {
  return laid.map(({ key, opacity }) => ({
    id: laidId(key),
    type: "raster",
    source: laidId(key),
    paint: { "raster-opacity": opacity, "raster-fade-duration": 0 },
  }));
}

/** Tell the page which of what is laid cannot be had, and which can again. */
export function watchLaid(gl: GlMap): void {
  const keyOf = (source: unknown): string | null =>
    typeof source === "string" && source.startsWith("laid-") ? source.slice(5) : null;
  gl.on("error", (event) => {
    const key = keyOf((event as ErrorEvent & { sourceId?: string }).sourceId);
    if (key) void laidFailed(key, (event.error as Partial<AJAXError>).body ?? new Blob());
  });
  gl.on("sourcedata", ({ sourceId, tile }) => {
    const key = keyOf(sourceId);
    if (key && tile?.state === "loaded") void laidFailed(key, null);
  });
}

export function showOpacity(gl: GlMap, laid: readonly Laid[]): void {
  for (const { key, opacity } of laid)
    if (gl.getLayer(laidId(key))) gl.setPaintProperty(laidId(key), "raster-opacity", opacity);
}

/**
 * Draws two layers on their own sides of a line, by the scissor of the graphics card.
 *
 * A layer of our own before each of the two narrows what may be drawn on, and one after both
 * opens it again. The library itself never uses the scissor while it draws a flat map.
 */
export class SwipeLine {
  #at = 0.5;
  #shown = "";

  /** `frame` is what the line's share is measured in; the canvas is larger by its padding. */
  constructor(
    private readonly gl: GlMap,
    private readonly frame: HTMLElement,
  ) {}

  /** Show a line, move it, or take it away; call again after a new style. */
  show(swipe: Swipe | null): void {
    const both = swipe ? [swipe.left, swipe.right].map(laidId) : [];
    const there = swipe !== null && both.every((id) => this.gl.getLayer(id));
    this.#at = swipe?.at ?? 0.5;
    const shown = there ? both.join() : "";
    if (shown !== this.#shown || (there && !this.gl.getLayer(CUTS[0]))) {
      for (const id of CUTS) if (this.gl.getLayer(id)) this.gl.removeLayer(id);
      if (there) this.#lay(both);
      this.#shown = shown;
    }
    this.gl.triggerRepaint();
  }

  #lay([left = "", right = ""]: string[]): void {
    const above = this.gl.getLayer(ABOVE) ? ABOVE : undefined;
    const add = (id: string, part: "left" | "right" | null): void => {
      this.gl.addLayer(this.#cut(id, part), above);
    };
    add(CUTS[0], "left");
    this.gl.moveLayer(left, above);
    add(CUTS[1], "right");
    this.gl.moveLayer(right, above);
    add(CUTS[2], null);
  }

  #cut(id: string, part: "left" | "right" | null): CustomLayerInterface {
    return {
      id,
      type: "custom",
      render: (gl) => {
        if (part === null) {
          gl.disable(gl.SCISSOR_TEST);
          return;
        }
        const line = this.#linePx(gl.drawingBufferWidth);
        gl.enable(gl.SCISSOR_TEST);
        if (part === "left") gl.scissor(0, 0, line, gl.drawingBufferHeight);
        else gl.scissor(line, 0, gl.drawingBufferWidth - line, gl.drawingBufferHeight);
      },
    };
  }

  /** The line in pixels of the drawing, whose middle is the middle of the frame. */
  #linePx(width: number): number {
    const canvas = this.gl.getCanvas();
    const ratio = width / canvas.clientWidth;
    const margin = (canvas.clientWidth - this.frame.clientWidth) / 2;
    const line = Math.round((margin + this.#at * this.frame.clientWidth) * ratio);
    return Math.min(width, Math.max(0, line));
  }
}
