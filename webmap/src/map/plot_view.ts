/** Plots on the map: their sources follow the state, and a desk's pointer edits them. */
import type L from "leaflet";
import type { GeoJSONSource, Map as GlMap } from "maplibre-gl";
import type { Observable } from "../store/observable";
import { type PlotState, plotStore } from "../store/plot_state";
import { beginPlots } from "../store/plot_sync";
import { store } from "../store/state";
import "../text/plot_words";
import { NOTHING } from "./plan";
import { draftData, markData, plotData } from "./plot_data";
import { givePlotImages } from "./plot_images";
import { plotLayers, SOURCES } from "./plot_layers";
import { PlotPointer } from "./plot_pointer";

interface Reach {
  still?: boolean;
  scale?: number;
  /** What is shown, where that is not the page's own. */
  plots?: Observable<PlotState>;
}

/** What each source follows from. */
const STILL = ["plots", "draft"] as const;
const DRAFT = ["draft", "drawing", "pointer", "measuring", "tool"] as const;
const MARKS = [
  "plots",
  "draft",
  "selection",
  "corner",
  "cursor",
  "pointer",
  "snapped",
  "fresh",
  "conflicts",
  "history",
] as const;

let begun = false;

export class PlotView {
  #frame: number | null = null;
  #due = new Set<keyof PlotState | "style">();
  /** Which plots lie in the draft: the whole is drawn anew only when that changes. */
  #dragged = "";

  constructor(
    map: L.Map,
    private readonly gl: GlMap,
    private readonly reach: Reach,
  ) {
    givePlotImages(gl);
    this.#lay();
    // A new language or ground is a new style, which knows nothing of what others have added.
    gl.on("styledata", () => this.#lay());
    this.#plots.subscribe((_, changed) => {
      for (const key of changed) this.#due.add(key);
      this.#ask();
    });
    store.subscribe((_, changed) => {
      if (!changed.has("language")) return;
      this.#due.add("style");
      this.#ask();
    });
    if (!begun) beginPlots();
    begun = true;
    if (!reach.still) new PlotPointer(map, gl);
  }

  get #plots(): Observable<PlotState> {
    return this.reach.plots ?? plotStore;
  }

  #lay(): void {
    if (this.gl.getSource("plots")) return;
    for (const name of SOURCES) this.gl.addSource(name, { type: "geojson", data: NOTHING });
    for (const layer of plotLayers(this.reach.scale ?? 1)) this.gl.addLayer(layer);
    this.#due.add("style");
    this.#ask();
  }

  /** Once a frame at most, whatever happens in between. */
  #ask(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null;
      this.#draw(this.#plots.state);
    });
  }

  #draw(state: PlotState): void {
    const due = this.#due;
    this.#due = new Set();
    const any = (keys: readonly (keyof PlotState)[]): boolean =>
      due.has("style") || keys.some((key) => due.has(key));
    const give = (name: string, data: Parameters<GeoJSONSource["setData"]>[0]): void => {
      this.gl.getSource<GeoJSONSource>(name)?.setData(data);
    };
    const dragged = (state.draft?.plots ?? []).map(({ id }) => id).join();
    const still = due.has("plots") || due.has("style") || dragged !== this.#dragged;
    this.#dragged = dragged;
    if (still && any(STILL)) give("plots", plotData(state));
    if (any(DRAFT)) give("plots-draft", draftData(state));
    if (any(MARKS)) give("plots-mark", this.reach.still ? freshOnly(state) : markData(state));
  }
}

/** A wall has nothing selected: it shows whose work is new. */
const freshOnly = (state: PlotState): ReturnType<typeof markData> =>
  markData({ ...state, selection: new Set(), conflicts: [] });
