/** The live map: Leaflet for gestures and markers, one MapLibre layer for everything drawn. */
import "leaflet/dist/leaflet.css";
import "maplibre-gl/dist/maplibre-gl.css";
import { MaplibreGL } from "@maplibre/maplibre-gl-leaflet";
import L from "leaflet";
import {
  type GeoJSONSource,
  type Map as GlMap,
  type MapOptions as GlOptions,
  GPUInitializationError,
  prewarm,
  type StyleSpecification,
  setWorkerUrl,
  type VectorTileSource,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import type { Highlight } from "../api/views";
import { moved } from "../store/browse";
import { laidNow } from "../store/ground";
import type { Observable } from "../store/observable";
import type { PlotState } from "../store/plot_state";
import { placeReport } from "../store/report";
import { activeIncident, activePlan, type State, type Store } from "../store/state";
import { fly, type Room, start } from "./camera";
import { FEATURES } from "./features";
import { HereMarker } from "./here";
import { HighlightMark } from "./highlight";
import { giveImages } from "./images";
import { IncidentMarkers } from "./incidents";
import { SwipeLine, showOpacity, watchLaid } from "./laid";
import { LIVE_STATE, showLive } from "./live";
import { lookOf } from "./look";
import { OverlayLayer } from "./overlay";
import { servePack } from "./pack_tiles";
import { planData } from "./plan";
import { watchPlots } from "./plotting";
import { press, pressIncident } from "./press";
import { showLayers } from "./shown";
import { showSitePlan } from "./site_plan";
import { mapStyle, tileAddresses, tiledLayers } from "./style";
import { tileInput } from "./tile_input";
import { TiledSources } from "./tiled";

setWorkerUrl(workerUrl);
// The worker reads its code while the page asks the server what there is.
prewarm();

export interface MapOptions extends Room {
  /** A wall has no mouse: no controls, and nothing to press. */
  still?: boolean;
  /** A map beside the page's own, or one of two that are compared: where it looks is not the page's. */
  aside?: boolean;
  /** The drawings that it shows, where those are not the page's own. */
  plots?: Observable<PlotState>;
  /** The zoom is the one that was asked for, to the last digit: a scale on paper hangs on it. */
  exact?: boolean;
  /** What else is drawn on this map, once it can be drawn on. */
  dress?: (gl: GlMap) => void;
  /** The browser has no WebGL. Only drawing tells: a canvas to try it on costs a third of a second. */
  onBlind?: () => void;
}

/** Everything that a new style must be told again. */
const ALL = [
  "layers",
  "hidden",
  "incident",
  "assessments",
  "focus",
  "planImage",
  "ground",
  ...LIVE_STATE,
] as const;

/** The mark in the browser's own timeline of when the first map was whole. */
const DRAWN = "onemap-map-drawn";

/** What the drawn plan follows from. */
const PLAN_STATE = ["incident", "assessments", "incidents", "slice"] as const;

export class MapView {
  readonly map: L.Map;
  readonly #markers: IncidentMarkers;
  readonly #overlay: OverlayLayer;
  readonly #here: HereMarker;
  #highlight: HighlightMark | null = null;
  #gl: GlMap | null = null;
  #drawn: Promise<void> | null = null;
  #look = "";
  readonly #tiled: TiledSources;
  #swipe: SwipeLine | null = null;
  /** The tile address that each source has now. */
  #addresses: ReadonlyMap<string, string> = new Map();

  constructor(
    host: HTMLElement,
    private readonly store: Store,
    private readonly options: MapOptions = {},
  ) {
    this.#tiled = new TiledSources(store.state.tiles, store.state.epoch);
    const { state } = store;
    const still = options.still === true;
    this.map = L.map(host, {
      attributionControl: false,
      zoomControl: false,
      zoomSnap: options.exact ? 0 : 0.25,
      minZoom: 3,
      maxZoom: 19,
      dragging: !still,
      keyboard: !still,
      scrollWheelZoom: !still,
      doubleClickZoom: !still,
      touchZoom: !still,
    });
    start(this.map, state, options);
    if (!still)
      L.control.scale({ imperial: false, position: "bottomleft", maxWidth: 140 }).addTo(this.map);
    this.#markers = new IncidentMarkers(
      this.map,
      (incident) => pressIncident(incident, store.state),
      (lon, lat) => void placeReport(lon, lat),
    );
    this.#overlay = new OverlayLayer(this.map);
    this.#here = new HereMarker(this.map);
    this.map.on("moveend", () => this.#tellView());
    if (!still)
      this.map.on("click", ({ latlng }) => press(this.#gl, latlng.lng, latlng.lat, store.state));
    store.subscribe((now, changed) => this.#update(now, changed));
    new ResizeObserver(() => this.map.invalidateSize({ animate: false })).observe(host);
    this.#update(state, new Set(Object.keys(state) as (keyof State)[]));
    this.#tellView();
  }

  zoomBy(steps: number): void {
    this.map.setZoom(this.map.getZoom() + steps);
  }

  /** Bring a place out, or nothing. */
  bringOut(mark: Highlight | null): void {
    this.#highlight ??= new HighlightMark(this.map);
    this.#highlight.show(mark);
  }

  #tellView(): void {
    if (this.options.aside) return;
    const { lat, lng } = this.map.getCenter();
    const shown = this.map.getBounds();
    moved({ lon: lng, lat, zoom: this.map.getZoom() }, [
      Math.max(-180, shown.getWest()),
      Math.max(-90, shown.getSouth()),
      Math.min(180, shown.getEast()),
      Math.min(90, shown.getNorth()),
    ]);
  }

  #update(state: State, changed: ReadonlySet<keyof State>): void {
    if (changed.has("incidents") || changed.has("incident"))
      this.#markers.show(state.incidents, state.incident);
    if (changed.has("draft")) {
      const { draft } = state;
      this.#markers.showDraft(
        draft && draft.lon !== null && draft.lat !== null
          ? { lon: draft.lon, lat: draft.lat }
          : null,
      );
    }
    if (changed.has("pack")) servePack(state.pack);
    if (changed.has("field")) this.#here.show(state.field.here);
    if (changed.has("overlay")) this.#overlay.show(state.overlay);
    if (changed.has("drawing")) this.#overlay.draw(state.drawing);
    // After the panels: the legend of a new plan takes its room first.
    const { camera } = state;
    if (changed.has("camera") && camera)
      setTimeout(() => fly(this.map, camera, this.store.state, this.options));
    if (state.layers.length > 0 && !this.#drawn) this.#drawn = this.#draw(state);
    if (this.#gl) this.#redraw(this.#gl, state, changed);
  }

  #style(state: State): StyleSpecification {
    const { language, ground } = state;
    this.#address(state);
    return mapStyle({
      ...tileInput(state),
      language,
      look: ground.look,
      laid: laidNow(state),
      scale: this.options.scale ?? 1,
    });
  }

  /** Make the drawing layer once the catalogue is known, then keep it in step with the state. */
  async #draw(state: State): Promise<void> {
    this.#look = lookOf(state);
    const options: Partial<GlOptions> = {
      style: this.#style(state),
      interactive: false,
      fadeDuration: 0,
      // The style is ours and tested: to have it proven each time takes a tenth of a second.
      validateStyle: false,
      transformRequest: this.#tiled.request,
      // An address names a revision: what it holds does not expire.
      refreshExpiredTiles: false,
    };
    const layer = new MaplibreGL(options as ConstructorParameters<typeof MaplibreGL>[0]);
    try {
      layer.addTo(this.map);
    } catch (cause) {
      if (!(cause instanceof GPUInitializationError)) throw cause;
      this.options.onBlind?.();
      return;
    }
    const gl = layer.getMaplibreMap();
    giveImages(gl);
    this.#tiled.attach(gl);
    watchLaid(gl);
    gl.on("error", ({ error }) => {
      // A tile that cannot be had while the server is away: the link's badge says so already.
      if (!("status" in error && "url" in error)) console.error(error);
    });
    await new Promise<void>((resolve) => gl.once("style.load", () => resolve()));
    this.#swipe = new SwipeLine(gl, this.map.getContainer());
    watchPlots(this.map, gl, this.options);
    this.options.dress?.(gl);
    this.#gl = gl;
    this.#redraw(gl, this.store.state, new Set(ALL));
    gl.once("idle", () => performance.mark(DRAWN));
    gl.triggerRepaint();
  }

  #redraw(gl: GlMap, state: State, changed: ReadonlySet<keyof State>): void {
    const restyled = ["language", "layers", "ground"] as const;
    const look = restyled.some((key) => changed.has(key)) ? lookOf(state) : this.#look;
    if (look !== this.#look) {
      this.#look = look;
      gl.setStyle(this.#style(state), { diff: true });
      gl.once("styledata", () => this.#redraw(gl, this.store.state, new Set(ALL)));
      return;
    }
    if (changed.has("layers") || changed.has("tiles") || changed.has("ground"))
      this.#renew(gl, state);
    if (changed.has("hidden") || changed.has("layers") || changed.has("ground"))
      showLayers(gl, state);
    if (changed.has("ground")) {
      showOpacity(gl, laidNow(state));
      this.#swipe?.show(state.ground.swipe);
    }
    if (changed.has("replay")) this.#tiled.lookAt(state.replay?.seq ?? null);
    if (changed.has("link") && state.link.status === "live") this.#tiled.retry();
    if (PLAN_STATE.some((key) => changed.has(key))) this.#showPlan(gl, state);
    showLive(gl, state, changed);
    if (changed.has("planImage")) showSitePlan(gl, state.planImage);
    if (changed.has("focus"))
      gl.setFilter("route-focus", ["==", ["get", "id"], state.focus?.id ?? ""]);
  }

  /** Another address is another set of layers or another filter; a change raises single tiles. */
  #renew(gl: GlMap, state: State): void {
    for (const [id, tiles] of this.#address(state))
      gl.getSource<VectorTileSource>(id)?.setTiles([tiles]);
    this.#tiled.follow(state.tiles, state.epoch, new Set(tiledLayers(state.layers)));
  }

  /**
   * Take up the addresses of the tiles and return those that are others now.
   *
   * A browser may have kept a tile of such an address from before, when the same layers were shown.
   */
  #address(state: State): [string, string][] {
    const addresses = tileAddresses(tileInput(state));
    const others = [...addresses].filter(([id, tiles]) => this.#addresses.get(id) !== tiles);
    if (others.some(([id]) => id === FEATURES))
      this.#tiled.raise(Math.max(0, ...state.layers.map(({ revision }) => revision)));
    this.#addresses = addresses;
    return others;
  }

  #showPlan(gl: GlMap, state: State): void {
    const data = planData(activePlan(state), activeIncident(state), state.slice);
    for (const [name, collection] of Object.entries(data))
      gl.getSource<GeoJSONSource>(`plan-${name}`)?.setData(collection);
  }
}
