/** The live map: Leaflet for gestures and markers, one MapLibre layer for everything drawn. */
import "leaflet/dist/leaflet.css";
import "maplibre-gl/dist/maplibre-gl.css";
import { MaplibreGL } from "@maplibre/maplibre-gl-leaflet";
import L from "leaflet";
import {
  type GeoJSONSource,
  type Map as GlMap,
  type StyleSpecification,
  setWorkerUrl,
  type VectorTileSource,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import type { Incident } from "../api/wire";
import { moved, openCard } from "../store/browse";
import { addCorner } from "../store/drawing";
import { openIncident } from "../store/incidents";
import { placeReport } from "../store/report";
import { activeIncident, activePlan, type State, type Store } from "../store/state";
import { pressMover } from "../store/tracking";
import { fly, type Room, start } from "./camera";
import { isFeatureLayer, styleIds } from "./features";
import { addImages } from "./images";
import { IncidentMarkers } from "./incidents";
import { LIVE_IDS, LIVE_STATE, MOVING, showLive } from "./live";
import { OverlayLayer } from "./overlay";
import { pick } from "./pick";
import { planData } from "./plan";
import { showSitePlan } from "./site_plan";
import { mapStyle, tileAddresses } from "./style";

setWorkerUrl(workerUrl);

export interface MapOptions extends Room {
  /** A wall has no mouse: no controls, and nothing to press. */
  still?: boolean;
}

const GROUND_PARTS: Readonly<Record<string, readonly string[]>> = {
  land_use: ["land_use"],
  water: ["water", "water-line", "water-name"],
  building: ["building"],
  railway: ["railway"],
  road: ["road-casing", "road", "road-name"],
  place: ["place"],
  ...LIVE_IDS,
};

/** What the drawn plan follows from. */
const PLAN_STATE = ["incident", "assessments", "incidents", "slice"] as const;

export class MapView {
  readonly #map: L.Map;
  readonly #markers: IncidentMarkers;
  readonly #overlay: OverlayLayer;
  #gl: GlMap | null = null;
  #drawn: Promise<void> | null = null;
  #look = "";
  /** The tile address that each source has now. */
  readonly #addresses = new Map<string, string>();

  constructor(
    host: HTMLElement,
    private readonly store: Store,
    private readonly options: MapOptions = {},
  ) {
    const { state } = store;
    const still = options.still === true;
    this.#map = L.map(host, {
      attributionControl: false,
      zoomControl: false,
      zoomSnap: 0.25,
      minZoom: 3,
      maxZoom: 19,
      dragging: !still,
      keyboard: !still,
      scrollWheelZoom: !still,
      doubleClickZoom: !still,
      touchZoom: !still,
    });
    start(this.#map, state, options);
    if (!still)
      L.control.scale({ imperial: false, position: "bottomleft", maxWidth: 140 }).addTo(this.#map);
    this.#markers = new IncidentMarkers(
      this.#map,
      (incident) => this.#pressIncident(incident),
      (lon, lat) => void placeReport(lon, lat),
    );
    this.#overlay = new OverlayLayer(this.#map);
    this.#map.on("moveend", () => this.#tellView());
    if (!still) this.#map.on("click", (event) => this.#press(event.latlng));
    store.subscribe((now, changed) => this.#update(now, changed));
    new ResizeObserver(() => this.#map.invalidateSize({ animate: false })).observe(host);
    this.#update(state, new Set(Object.keys(state) as (keyof State)[]));
    this.#tellView();
  }

  zoomBy(steps: number): void {
    this.#map.setZoom(this.#map.getZoom() + steps);
  }

  #tellView(): void {
    const { lat, lng } = this.#map.getCenter();
    const shown = this.#map.getBounds();
    moved({ lon: lng, lat, zoom: this.#map.getZoom() }, [
      Math.max(-180, shown.getWest()),
      Math.max(-90, shown.getSouth()),
      Math.min(180, shown.getEast()),
      Math.min(90, shown.getNorth()),
    ]);
  }

  #press({ lng, lat }: L.LatLng): void {
    const { draft, drawing, layers, hidden } = this.store.state;
    if (drawing) {
      addCorner(lng, lat);
      return;
    }
    const names = layers
      .filter((layer) => isFeatureLayer(layer) && !hidden.has(layer.name))
      .map(({ name }) => name);
    if (draft) {
      void placeReport(lng, lat);
      return;
    }
    const found = this.#gl ? pick(this.#gl, lng, lat, names) : null;
    if (found?.layer === MOVING) pressMover(found.id);
    else if (found) void openCard(found.layer, found.id);
  }

  /** While a report is taken or a shape drawn, a press is a place, also on top of an incident. */
  #pressIncident({ id, lon, lat }: Incident): void {
    if (this.store.state.drawing) addCorner(lon, lat);
    else if (this.store.state.draft) void placeReport(lon, lat);
    else void openIncident(id);
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
    if (changed.has("overlay")) this.#overlay.show(state.overlay);
    if (changed.has("drawing")) this.#overlay.draw(state.drawing);
    // After the panels: the legend of a new plan takes its room first.
    const { camera } = state;
    if (changed.has("camera") && camera)
      setTimeout(() => fly(this.#map, camera, this.store.state, this.options));
    if (state.layers.length > 0 && !this.#drawn) this.#drawn = this.#draw(state);
    if (this.#gl) this.#redraw(this.#gl, state, changed);
  }

  #style(state: State): StyleSpecification {
    return mapStyle({ ...state, scale: this.options.scale ?? 1 });
  }

  /** Make the drawing layer once the catalogue is known, then keep it in step with the state. */
  async #draw(state: State): Promise<void> {
    this.#look = lookOf(state);
    const layer = new MaplibreGL({
      style: this.#style(state),
      interactive: false,
      fadeDuration: 150,
    });
    layer.addTo(this.#map);
    const gl = layer.getMaplibreMap();
    gl.on("error", ({ error }) => {
      // A tile that cannot be had while the server is away: the link's badge says so already.
      if (!("status" in error && "url" in error)) console.error(error);
    });
    await new Promise<void>((resolve) => gl.once("style.load", () => resolve()));
    await addImages(gl);
    this.#gl = gl;
    this.#redraw(
      gl,
      this.store.state,
      new Set(["layers", "hidden", "incident", "assessments", "focus", "planImage", ...LIVE_STATE]),
    );
  }

  #redraw(gl: GlMap, state: State, changed: ReadonlySet<keyof State>): void {
    const look = changed.has("language") || changed.has("layers") ? lookOf(state) : this.#look;
    if (look !== this.#look) {
      this.#look = look;
      gl.setStyle(this.#style(state), { diff: true });
      gl.once("styledata", () =>
        this.#redraw(
          gl,
          this.store.state,
          new Set(["layers", "hidden", "incident", "focus", "planImage", ...LIVE_STATE]),
        ),
      );
      return;
    }
    if (changed.has("layers")) this.#renew(gl, state);
    if (changed.has("hidden") || changed.has("layers")) this.#showLayers(gl, state);
    if (PLAN_STATE.some((key) => changed.has(key))) this.#showPlan(gl, state);
    showLive(gl, state, changed);
    if (changed.has("planImage")) showSitePlan(gl, state.planImage);
    if (changed.has("focus"))
      gl.setFilter("route-focus", ["==", ["get", "id"], state.focus?.id ?? ""]);
  }

  /** A new revision is a new address: tiles are cached for ever under the old one. */
  #renew(gl: GlMap, state: State): void {
    for (const [id, tiles] of tileAddresses(state.layers, state.basemapRevision, state.epoch)) {
      if (this.#addresses.get(id) === tiles) continue;
      this.#addresses.set(id, tiles);
      gl.getSource<VectorTileSource>(id)?.setTiles([tiles]);
    }
  }

  #showLayers(gl: GlMap, state: State): void {
    for (const { name } of state.layers) {
      const ids = GROUND_PARTS[name] ?? styleIds(name);
      for (const id of ids)
        if (gl.getLayer(id))
          gl.setLayoutProperty(id, "visibility", state.hidden.has(name) ? "none" : "visible");
    }
  }

  #showPlan(gl: GlMap, state: State): void {
    const data = planData(activePlan(state), activeIncident(state), state.slice);
    for (const [name, collection] of Object.entries(data))
      gl.getSource<GeoJSONSource>(`plan-${name}`)?.setData(collection);
  }
}

/** What a style is made of beside its data: words of a language, and which layers there are. */
function lookOf({ language, layers }: State): string {
  const own = layers.map(({ name, style }) => [name, style]);
  return JSON.stringify([language, own]);
}
