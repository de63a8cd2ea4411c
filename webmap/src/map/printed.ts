/** A map to be printed: at exactly one zoom, waited for until nothing of it is missing. */
import type { Map as GlMap } from "maplibre-gl";
import { plotsKnown } from "../store/print_plots";
import { type State, store } from "../store/state";
import { styleIds } from "./features";
import { mountMap } from "./frame";

const QUIET_MS = 400;
/** While tiles come in, dozens of pictures are drawn that nobody sees. */
const COARSE = 0.25;

/** Make the map; the promise holds what it shows once it is whole. */
export function printedMap(host: HTMLElement): Promise<PrintedMap> {
  return new Promise((resolve) => {
    const dress = (gl: GlMap): void => void drawn(gl).then(() => resolve(new PrintedMap(gl)));
    mountMap(host, { still: true, exact: true, dress });
  });
}

export class PrintedMap {
  constructor(private readonly gl: GlMap) {}

  /** The layers of which something is drawn now. */
  seen({ layers, hidden }: State = store.state): string[] {
    const names = layers.map(({ name }) => name).filter((name) => !hidden.has(name));
    return names.filter((name) => {
      const ids = styleIds(name).filter((id) => this.gl.getLayer(id));
      return ids.length > 0 && this.gl.queryRenderedFeatures({ layers: ids }).length > 0;
    });
  }

  /** Whether the map has the zoom that was asked for: beyond its bounds it has another. */
  stands(zoom: number): boolean {
    // MapLibre counts tiles of 512 pixels, one zoom fewer.
    return Math.abs(this.gl.getZoom() + 1 - zoom) < 1e-4;
  }
}

/** Draw coarsely until nothing is missing, then once as finely as paper wants it. */
async function drawn(gl: GlMap): Promise<void> {
  gl.setPixelRatio(COARSE);
  await plotsKnown();
  await whole(gl);
  gl.setPixelRatio(devicePixelRatio);
  await idle(gl);
}

/** Wait until all tiles are there and what comes after them (routes, plots, labels) is drawn too. */
async function whole(gl: GlMap): Promise<void> {
  for (let quiet = 0; quiet < 2; ) {
    await idle(gl);
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    quiet = gl.loaded() && gl.areTilesLoaded() ? quiet + 1 : 0;
  }
}

/** A map at rest draws no more by itself: it is asked for one more picture. */
function idle(gl: GlMap): Promise<void> {
  return new Promise((resolve) => {
    gl.once("idle", () => resolve());
    gl.triggerRepaint();
  });
}
