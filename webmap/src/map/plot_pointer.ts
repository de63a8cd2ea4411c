/** Mouse, pen and finger over the plots: press, drag, pull a grip, frame several. */
import type { Position } from "geojson";
import type L from "leaflet";
import type { Map as GlMap, PointLike } from "maplibre-gl";
import type { Fields, Plot } from "../api/plots";
import { change } from "../store/plot_edit";
import { withFields } from "../store/plot_fold";
import { type Grip, grips, pulled } from "../store/plot_handles";
import { addMeasure, moveMeasure } from "../store/plot_measure";
import { rounded, shapeOf, shiftBetween, shifted } from "../store/plot_move";
import { pick, pickCorner, pickFramed } from "../store/plot_pick";
import { snap } from "../store/plot_snap";
import { plotStore, selected, theOne } from "../store/plot_state";
import { canFinish, finish, press } from "../store/plot_tool";
import { store } from "../store/state";
import { PRESSED } from "./plot_layers";
import { GRIP_PX, nearest, onControl, reachOf, SLIP_PX, UNDER_PX } from "./plot_reach";

const SNAP_PX = 12;

type Dragging =
  | { what: "grip"; plot: Plot; grip: Grip }
  | { what: "plots"; plots: readonly Plot[] }
  | { what: "frame"; box: HTMLElement };

export class PlotPointer {
  #down: { event: PointerEvent; at: Position } | null = null;
  #dragging: Dragging | null = null;
  #moved = false;
  /** The pointer that is down; a second finger ends what the first one began. */
  #pointers = new Set<number>();

  constructor(
    private readonly map: L.Map,
    private readonly gl: GlMap,
  ) {
    const host = map.getContainer();
    const on = <K extends keyof HTMLElementEventMap>(
      name: K,
      act: (event: HTMLElementEventMap[K]) => void,
    ): void => host.addEventListener(name, (event) => this.#active() && act(event), true);
    on("pointerdown", (event) => this.#press(event));
    on("pointermove", (event) => this.#move(event));
    on("pointerup", (event) => this.#release(event));
    on("pointercancel", () => this.#drop());
    on("click", (event) => this.#click(event));
    on("dblclick", (event) => {
      event.stopPropagation();
      event.preventDefault();
    });
    host.addEventListener("mousemove", (event) => plotStore.set({ here: this.#at(event) }));
    host.addEventListener("mouseleave", () => plotStore.set({ here: null }));
    on("pointerleave", () => plotStore.set({ pointer: null, snapped: false }));
    store.subscribe((_, changed) => {
      if (changed.has("drawer") || changed.has("drawing")) this.#take();
    });
    plotStore.subscribe((_, changed) => {
      if (changed.has("tool") || changed.has("measuring")) this.#take();
    });
    this.#take();
  }

  #active(): boolean {
    const { drawer, drawing } = store.state;
    // A profile's line is drawn with the tools of the ground.
    return drawing === null && (drawer === "plot" || drawer === "measure");
  }

  /** While the tools are out, presses draw: a double press does not zoom, a shift-drag frames. */
  #take(): void {
    const { drawer, drawing } = store.state;
    const active = this.#active();
    const { tool, measuring } = plotStore.state;
    const draws =
      (drawer === "plot" && tool !== "select") ||
      (drawer === "measure" && measuring?.done === false);
    const classes = this.map.getContainer().classList;
    classes.toggle("plotting", active);
    classes.toggle("plot-draws", active && draws);
    if (active) {
      this.map.doubleClickZoom.disable();
      this.map.boxZoom.disable();
      this.map.keyboard.disable();
    } else {
      if (!drawing) this.map.doubleClickZoom.enable();
      this.map.boxZoom.enable();
      this.map.keyboard.enable();
      if (plotStore.state.pointer) plotStore.set({ pointer: null, snapped: false });
    }
  }

  #at(event: MouseEvent): Position {
    const { lng, lat } = this.map.mouseEventToLatLng(event).wrap();
    return rounded([lng, lat]);
  }

  /** The place under the pointer, on what is drawn where it is near; Alt leaves that off. */
  #snapped(event: MouseEvent, except: ReadonlySet<string> = new Set()): Position {
    const at = this.#at(event);
    const { snaps, plots } = plotStore.state;
    const others = [...plots.values()].filter(({ id }) => !except.has(id));
    const found = snaps && !event.altKey ? snap(at, others, SNAP_PX, this.map.getZoom()) : null;
    plotStore.set({ snapped: found !== null });
    return rounded(found ?? at);
  }

  #project = (position: Position): { x: number; y: number } => {
    const [lon = 0, lat = 0] = position;
    return this.map.latLngToContainerPoint([lat, lon]);
  };

  #press(event: PointerEvent): void {
    this.#pointers.add(event.pointerId);
    if (this.#pointers.size > 1) {
      this.#drop();
      return;
    }
    this.#moved = false;
    this.#down = { event, at: this.#at(event) };
    if (event.button !== 0 || store.state.drawer !== "plot") return;
    if (plotStore.state.tool !== "select" || onControl(event)) return;
    this.#dragging = this.#grasped(event);
    if (!this.#dragging) return;
    this.map.dragging.disable();
    event.stopPropagation();
  }

  /** What a press takes hold of: a grip, a selected plot, or with Shift the frame over several. */
  #grasped(event: PointerEvent): Dragging | null {
    const only = theOne(plotStore.state);
    const mouse = this.map.mouseEventToContainerPoint(event);
    const grip = only ? nearest(grips(only), mouse, GRIP_PX[reachOf(event)], this.#project) : null;
    if (only && grip) return { what: "grip", plot: only, grip };
    const id = this.#under(event);
    const { selection } = plotStore.state;
    if (id && selection.has(id) && !event.shiftKey) {
      const plots = selected(plotStore.state).filter(({ locked }) => !locked);
      return plots.length > 0 ? { what: "plots", plots } : null;
    }
    if (!event.shiftKey || id) return null;
    const box = document.createElement("div");
    box.className = "plot-frame";
    this.map.getContainer().append(box);
    return { what: "frame", box };
  }

  #move(event: PointerEvent): void {
    const down = this.#down;
    if (down && !this.#moved) {
      const slip = SLIP_PX[reachOf(event)];
      this.#moved =
        Math.hypot(event.clientX - down.event.clientX, event.clientY - down.event.clientY) > slip;
    }
    if (this.#dragging && this.#moved) {
      event.stopPropagation();
      this.#drag(event, this.#dragging);
    } else if (!down) this.#hover(event);
  }

  #hover(event: PointerEvent): void {
    if (event.pointerType !== "mouse") return;
    const { drawer } = store.state;
    const { tool } = plotStore.state;
    if (drawer === "measure") moveMeasure(this.#snapped(event));
    else if (tool !== "select") plotStore.set({ pointer: this.#snapped(event) });
    else plotStore.set({ pointer: this.#at(event), snapped: false });
  }

  #drag(event: PointerEvent, dragging: Dragging): void {
    if (dragging.what === "grip") {
      const { plot, grip } = dragging;
      const to = this.#snapped(event, new Set([plot.id]));
      plotStore.set({
        pointer: to,
        draft: { plots: [withFields(this.#now(plot), pulled(plot, grip, to))] },
      });
    } else if (dragging.what === "plots" && this.#down) {
      const shift = shiftBetween(this.#down.at, this.#at(event));
      const plots = dragging.plots.map((plot) => shifted(this.#now(plot), shift, plot));
      plotStore.set({ draft: { plots } });
    } else if (dragging.what === "frame" && this.#down) this.#frame(event, dragging.box);
  }

  /** What others change of a plot while it is dragged is seen at once. */
  #now(plot: Plot): Plot {
    return plotStore.state.plots.get(plot.id) ?? plot;
  }

  #frame(event: PointerEvent, box: HTMLElement): void {
    const from = this.map.mouseEventToContainerPoint(this.#down?.event ?? event);
    const to = this.map.mouseEventToContainerPoint(event);
    box.style.left = `${Math.min(from.x, to.x)}px`;
    box.style.top = `${Math.min(from.y, to.y)}px`;
    box.style.width = `${Math.abs(from.x - to.x)}px`;
    box.style.height = `${Math.abs(from.y - to.y)}px`;
  }

  #release(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId);
    const dragging = this.#dragging;
    const down = this.#down;
    if (dragging && this.#moved) {
      event.stopPropagation();
      if (dragging.what === "frame" && down) pickFramed(down.at, this.#at(event));
      else this.#store(dragging, event);
    }
    this.#drop();
  }

  #store(dragging: Dragging, event: PointerEvent): void {
    if (dragging.what === "grip") {
      const { plot, grip } = dragging;
      const to = this.#snapped(event, new Set([plot.id]));
      change([this.#now(plot)], () => pulled(plot, grip, to));
    } else if (dragging.what === "plots" && this.#down) {
      const shift = shiftBetween(this.#down.at, this.#at(event));
      const was = new Map(dragging.plots.map((plot) => [plot.id, plot]));
      const now = dragging.plots.map((plot) => this.#now(plot));
      change(now, (plot): Fields => shapeOf(shifted(plot, shift, was.get(plot.id))));
    }
  }

  #drop(): void {
    if (this.#dragging?.what === "frame") this.#dragging.box.remove();
    if (this.#dragging) this.map.dragging.enable();
    this.#dragging = null;
    this.#down = null;
    if (this.#pointers.size > 1) this.#moved = true;
    this.#pointers.clear();
    if (plotStore.state.draft) plotStore.set({ draft: null, snapped: false });
  }

  /** A press that stayed where it was: the next corner, or what is selected. */
  #click(event: MouseEvent): void {
    if (onControl(event)) return;
    event.stopPropagation();
    if (this.#moved) {
      this.#moved = false;
      return;
    }
    if (store.state.drawer === "measure") {
      addMeasure(this.#snapped(event), { last: event.detail > 1 });
      return;
    }
    const { tool, drawing } = plotStore.state;
    if (tool === "select") {
      this.#select(event);
      return;
    }
    // The first press of a double press has set the corner.
    if (event.detail > 1 && canFinish(drawing)) finish();
    else press(this.#snapped(event));
  }

  #select(event: MouseEvent): void {
    const only = theOne(plotStore.state);
    const mouse = this.map.mouseEventToContainerPoint(event);
    const grip = only ? nearest(grips(only), mouse, GRIP_PX[reachOf(event)], this.#project) : null;
    if (only && grip && grip.kind === "corner") {
      pickCorner(only, grip);
      return;
    }
    pick(this.#under(event), { more: event.shiftKey || event.ctrlKey || event.metaKey });
  }

  /** The topmost plot under the pointer, asked of the map in its own pixels. */
  #under(event: MouseEvent): string | null {
    const [lon = 0, lat = 0] = this.#at(event);
    const at = this.gl.project([lon, lat]);
    const reach = UNDER_PX[reachOf(event)];
    const box: [PointLike, PointLike] = [
      [at.x - reach, at.y - reach],
      [at.x + reach, at.y + reach],
    ];
    const layers = PRESSED.filter((id) => this.gl.getLayer(id));
    const found = this.gl.queryRenderedFeatures(box, { layers });
    const id: unknown = found[0]?.properties.id;
    return typeof id === "string" ? id : null;
  }
}
