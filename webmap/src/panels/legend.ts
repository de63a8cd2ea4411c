/** What is drawn in the part of the map that is seen, and how it is told apart. */
import type { Geometry } from "geojson";
import { html, nothing, type TemplateResult } from "lit";
import type { Assessment } from "../api/assessment";
import { meets, plotKeys } from "../store/print_plots";
import { newest, type Shape, shapeOf } from "../store/reading_shapes";
import { activePlan } from "../store/state";
import { has, t } from "../text/i18n";
import { nameOfLook } from "../text/plot_name";
import { thresholdName } from "../text/zone";
import { ICONS } from "./icons";
import { define } from "./panel";
import { level } from "./parts";
import { plotIcon } from "./plot_icons";
import { PlotPanel } from "./plot_panel";
import "../style/legend.css";

const MOST = 12;
/** Below this the map has no room to spare: the legend is folded until somebody opens it. */
const SMALL_PX = 1100;
const LEVELS = ["red", "orange", "yellow", "blue"];
const SHAPES: readonly Shape[] = ["outside", "inside", "below", "late"];
const HEX = /^#[0-9a-f]{6}$/i;

type Keys = readonly TemplateResult[];
type Zones = Assessment["zones"]["features"];

class Legend extends PlotPanel {
  static override reads = ["incident", "assessments", "bounds", "closures", "duty"] as const;
  static override plots = ["plots", "conflicts", "loaded"] as const;
  #open = innerWidth > SMALL_PX;

  protected override render(): TemplateResult | typeof nothing {
    const zones = this.#zones();
    const keys = [...this.#plots(), ...this.#closures(), ...this.#readings(), ...this.#conflicts()];
    if (zones.length + keys.length === 0) return nothing;
    return html`<section class="legend"><details ?open=${this.#open} @toggle=${(event: Event) => {
      this.#open = (event.target as HTMLDetailsElement).open;
    }}><summary>${t("legend.title")}${ICONS.down}</summary>
      ${zones.length > 0 ? html`<ul class="zones">${this.#levels(zones)}</ul>${this.#lines(zones)}` : nothing}
      ${keys.length > 0 ? html`<ul class="keys">${keys}</ul>` : nothing}</details></section>`;
  }

  /** A page without a map's bounds shows everything. */
  #seen(shape: Geometry): boolean {
    const { bounds } = this.state;
    return bounds === null || meets(shape, bounds);
  }

  #zones(): Zones {
    const zones = activePlan(this.state)?.zones.features ?? [];
    return zones.filter(({ geometry }) => geometry && this.#seen(geometry));
  }

  #levels(zones: Zones): Keys {
    return LEVELS.flatMap((name) => {
      const here = zones.filter((zone) => zone.properties.level === name);
      const names = new Set(here.map(({ properties }) => thresholdName(properties)));
      return here.length > 0 ? [html`<li>${level(name)} ${[...names].join(" / ")}</li>`] : [];
    });
  }

  /** How the lines of zones are to be read. */
  #lines(zones: Zones): TemplateResult {
    return html`${zones.some((zone) => zone.properties.basis === "table") ? html`<small class="line dashed">${t("map.legend.table")}</small>` : nothing}
      ${activePlan(this.state)?.confidence.features.length ? html`<small class="line dotted">${t("map.legend.confidence")}</small>` : nothing}
      ${zones.some((zone) => zone.properties.cut) ? html`<small class="line cut">${t("map.legend.cut")}</small>` : nothing}`;
  }

  #plots(): Keys {
    const { incident, plots } = this.plots;
    if (incident === null || incident !== this.state.incident) return [];
    const found = plotKeys(plots.values(), this.state.bounds ?? [-180, -90, 180, 90]);
    const rest = found.slice(MOST).reduce((sum, { count }) => sum + count, 0);
    const keys = found
      .slice(0, MOST)
      .map(({ plot, count }) =>
        key(
          html`<i class="plot-look" .style=${ink(plot.properties.colour)}>${plotIcon(plot)}</i>`,
          nameOfLook(plot),
          count,
        ),
      );
    return rest > 0 ? [...keys, html`<li>${t("legend.more", { count: rest })}</li>`] : keys;
  }

  #closures(): Keys {
    const { closures, incident } = this.state;
    const here = (closures ?? []).filter(
      ({ geometry, incident_id: of }) => (of === null || of === incident) && this.#seen(geometry),
    );
    return counted(html`<i class="closure-key"></i>`, "legend.closed", here.length);
  }

  /** Only the desk shows readings, and has their words. */
  #readings(): Keys {
    const rows = newest(this.state.duty.readings[this.state.incident ?? ""] ?? []);
    const shapes = rows
      .filter(({ lon, lat }) => this.#seen({ type: "Point", coordinates: [lon, lat] }))
      .map(shapeOf);
    return SHAPES.flatMap((shape) => {
      const word = `reading.mark.${shape}` as const;
      const count = shapes.filter((one) => one === shape).length;
      return has(word) ? counted(html`<i class="reading-key ${shape}"></i>`, word, count) : [];
    });
  }

  /** An edit that is not in force is dashed where the other stands. */
  #conflicts(): Keys {
    const { conflicts, plots, incident } = this.plots;
    if (incident !== this.state.incident) return [];
    const here = conflicts.filter(({ plot: id, field }) => {
      const plot = plots.get(id);
      return field === "shape" && plot !== undefined && this.#seen(plot.geometry);
    });
    return counted(html`<i class="conflict-key"></i>`, "legend.conflict", here.length);
  }
}

function counted(sign: TemplateResult, word: Parameters<typeof t>[0], count: number): Keys {
  return count > 0 ? [key(sign, t(word), count)] : [];
}

const key = (sign: TemplateResult, name: string, count: number): TemplateResult =>
  html`<li>${sign}<span>${name}${count > 1 ? ` × ${count}` : nothing}</span></li>`;

/** Colours are typed: what is none is not taken for a style. */
const ink = (colour: unknown): string =>
  typeof colour === "string" && HEX.test(colour) ? `color: ${colour}` : "";

define("om-legend", Legend);
