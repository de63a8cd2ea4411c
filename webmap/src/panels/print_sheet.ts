/** What stands around a printed map: title, grid, scale, north, legend, sources, signatures. */
import { html, nothing, type SVGTemplateResult, svg, type TemplateResult } from "lit";
import type { Print } from "../api/prints";
import { groundCredits } from "../store/ground";
import { gauss } from "../store/plot_grids";
import { type KilometreGrid, type KilometreLine, kilometreGrid } from "../store/print_grid";
import type { PlotKey } from "../store/print_plots";
import {
  type Frame,
  type GridLine,
  grid,
  MM_PER_PX,
  scaleBar,
  scaleOf,
} from "../store/print_sheet";
import { activeIncident, activePlan, type State } from "../store/state";
import { place, stamp } from "../text/format";
import { t, word } from "../text/i18n";
import { nameOfLook } from "../text/plot_name";
import { thresholdName, zoneReach } from "../text/zone";
import { plotIcon } from "./plot_icons";
import { layerSymbol, symbol } from "./symbol";

const BAR_MM = 46;
const LABEL_PX = 4;
const TICK_PX = 10;
const HEX = /^#[0-9a-f]{6}$/i;
/** More keys than these stand in two columns. */
const FEW_KEYS = 12;
const LEVELS = ["red", "orange", "yellow", "blue"];

/** The sheet; its map is made in `#map`, and `#picture` takes its place on paper. */
export function sheet(print: Print, state: State, shown: Shown | null): TemplateResult {
  const { asked } = print;
  const incident = activeIncident(state);
  const marks = [
    incident?.exercise ? t("print.exercise") : "",
    state.session?.site.fictional ? t("print.fictional") : "",
  ].filter((mark) => mark !== "");
  return html`<main class="sheet ${asked.paper} ${asked.orientation}">
    <header><h1>${asked.title || incident?.title || state.session?.site.name}</h1>${marks.map((mark) => html`<b class="mark">${mark}</b>`)}</header>
    <figure class="framed"><div id="map"></div><img id="picture" alt="" />${shown && asked.grid ? gridLines(shown.frame) : nothing}</figure>
    <aside>${shown ? beside(print, state, shown) : nothing}</aside>
  </main>`;
}

export interface Shown {
  frame: Frame;
  /** Names of the layers of which something is drawn. */
  layers: readonly string[];
  plots: readonly PlotKey[];
}

function beside(print: Print, state: State, shown: Shown): TemplateResult {
  const { asked } = print;
  return html`<section class="north">${north()}${scale(shown.frame)}</section>
    ${asked.legend ? html`<section class="keys"><h2>${t("print.legend")}</h2>${keys(state, shown)}</section>` : nothing}
    <section class="notes">${notes(print, state, shown).map((line) => html`<p>${line}</p>`)}</section>
    ${asked.signatures ? signatures() : nothing}`;
}

/**
 * The kilometre grid as lines with its labels below and on the right, meridians and parallels as
 * ticks with theirs above and on the left; without a kilometre grid these are the lines.
 */
function gridLines(frame: Frame): TemplateResult {
  const { width_px: width, height_px: height } = frame;
  const kilometres = kilometreGrid(frame);
  const tick = kilometres ? TICK_PX : Math.max(width, height);
  return html`<svg class="grid" width=${width} height=${height} viewBox="0 0 ${width} ${height}">
    ${kilometres ? kilometreLines(kilometres, width, height) : nothing}
    ${grid(frame).map((line) => gridLine(line, width, height, tick))}</svg>`;
}

function gridLine(line: GridLine, width: number, height: number, tick: number): SVGTemplateResult {
  const { axis, at_px: at, label } = line;
  if (axis === "lon")
    return svg`<g data-axis="lon" data-degrees=${line.degrees}><path d="M${at},0v${Math.min(tick, height)}M${at},${height}v${-Math.min(tick, height)}"/><text x=${at} y=${-LABEL_PX} text-anchor="middle">${label}</text></g>`;
  const turned = `rotate(-90 ${-LABEL_PX} ${at})`;
  return svg`<g data-axis="lat" data-degrees=${line.degrees}><path d="M0,${at}h${Math.min(tick, width)}M${width},${at}h${-Math.min(tick, width)}"/><text x=${-LABEL_PX} y=${at} transform=${turned} text-anchor="middle">${label}</text></g>`;
}

/** A line may leave the map on its way: the inner drawing ends at the map's edge. */
function kilometreLines(
  { lines }: KilometreGrid,
  width: number,
  height: number,
): SVGTemplateResult {
  return svg`<svg class="kilometres" width=${width} height=${height}>${lines.map(({ axis, metres, points }) => svg`<path data-axis=${axis} data-metres=${metres} d="M${points.map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`).join("L")}"/>`)}</svg>
    ${lines.map((line) => kilometreLabel(line, width, height))}`;
}

function kilometreLabel(
  { axis, points, label }: KilometreLine,
  width: number,
  height: number,
): SVGTemplateResult | typeof nothing {
  const [x, y] = points.at(-1) ?? [-1, -1];
  if (x < 0 || x > width || y < 0 || y > height) return nothing;
  if (axis === "east")
    return svg`<text class="km" x=${x} y=${height + LABEL_PX} text-anchor="middle" dominant-baseline="hanging">${label}</text>`;
  const right = width + LABEL_PX;
  return svg`<text class="km" x=${right} y=${y} transform="rotate(90 ${right} ${y})" text-anchor="middle">${label}</text>`;
}

function north(): TemplateResult {
  return html`<svg class="arrow" viewBox="0 0 24 40" width="38" height="60"><path d="M12 2l7 24-7-5z"/><path class="half" d="M12 2L5 26l7-5z"/><text x="12" y="38" text-anchor="middle">N</text></svg>`;
}

/** A bar of a round length in four parts, and the ratio. */
function scale(frame: Frame): TemplateResult {
  const ratio = scaleOf(frame.lat, frame.zoom);
  const { metres, length_mm } = scaleBar(ratio, BAR_MM);
  const px = length_mm / MM_PER_PX;
  const part = px / 4;
  return html`<div class="scale" data-ratio=${ratio} data-metres=${metres} data-mm=${length_mm}>
    <b>1 : ${Math.round(ratio).toLocaleString("en")}</b>
    <svg width=${px + 44} height="26" viewBox="-6 0 ${px + 44} 26">${[0, 1, 2, 3].map((n) => svg`<rect class=${n % 2 ? "void" : ""} x=${n * part} y="13" width=${part} height="6"/>`)}
      <text x="0" y="10" text-anchor="middle">0</text><text x=${px / 2} y="10" text-anchor="middle">${length(metres / 2)}</text><text x=${px} y="10" text-anchor="middle">${length(metres)}</text></svg></div>`;
}

const length = (metres: number): string => (metres >= 1000 ? `${metres / 1000} km` : `${metres} m`);

function keys(state: State, shown: Shown): TemplateResult {
  const incident = activeIncident(state);
  const zones = activePlan(state)?.zones.features ?? [];
  const drawn = state.layers.filter(({ name }) => shown.layers.includes(name));
  return html`<ul class="keys-list ${drawn.length + zones.length + shown.plots.length > FEW_KEYS ? "many" : ""}">
    ${incident ? html`<li><i class="incident-key"></i>${t("print.incident")}</li>` : nothing}
    ${LEVELS.flatMap((level) => zones.filter(({ properties }) => properties.level === level)).map(
      ({ properties }) =>
        html`<li><i class="zone-key ${properties.level}"></i>${word("level", String(properties.level))} ${thresholdName(properties)} · ${zoneReach(properties)}</li>`,
    )}
    ${activePlan(state)?.confidence.features.length ? html`<li><i class="line-key"></i>${t("map.legend.confidence")}</li>` : nothing}
    ${shown.plots.map(({ plot, count }) => html`<li class="plot-key"><i class="plot-look" .style=${ink(plot.properties.colour)}>${plotIcon(plot)}</i>${nameOfLook(plot)}${count > 1 ? ` × ${count}` : nothing}</li>`)}
    ${drawn.map((layer) => html`<li>${layer.user ? layerSymbol(layer, 16) : symbol(layer.name, null, 16)}${layer.title ?? layer.name}</li>`)}</ul>`;
}

/** Colours are typed: what is none is not taken for a style. */
const ink = (colour: unknown): string =>
  typeof colour === "string" && HEX.test(colour) ? `color: ${colour}` : "";

/** Let the keys find room: smaller first; what finds none is counted and never cut off in silence. */
export function fitKeys(sheet: Element): void {
  const keys = sheet.querySelector(".keys");
  const list = keys?.querySelector("ul");
  if (!keys || !list) return;
  const over = (): boolean => keys.scrollHeight > keys.clientHeight;
  if (over()) sheet.classList.add("tight");
  if (!over()) return;
  const rest = document.createElement("li");
  rest.className = "rest";
  list.append(rest);
  for (let left = 1; over() && list.children.length > 1; left += 1) {
    rest.previousElementSibling?.remove();
    rest.textContent = t("print.more_keys", { count: left });
  }
}

function notes(print: Print, state: State, { frame }: Shown): string[] {
  const incident = activeIncident(state);
  const plan = activePlan(state);
  const zone = gauss(frame.lon, frame.lat);
  const kilometres = print.asked.grid ? kilometreGrid(frame) : null;
  const sources = new Set([...state.attribution, ...groundCredits(state)]);
  return [
    incident ? t("print.of", { title: incident.title, at: stamp(incident.occurred_at) }) : "",
    plan?.created_at ? t("print.plan", { at: stamp(plan.created_at) }) : "",
    t("print.middle", { place: place(frame.lon, frame.lat) }),
    zone
      ? t("print.zone", {
          zone: zone.zone,
          east: Math.round(zone.east_m),
          north: Math.round(zone.north_m),
        })
      : "",
    kilometres
      ? t("print.kilometres", { step: length(kilometres.step_m), zone: kilometres.zone })
      : "",
    t("print.datum"),
    t("print.as_of", { at: stamp(print.created_at), who: print.created_by }),
    sources.size > 0 ? t("print.sources", { sources: [...sources].join("; ") }) : "",
  ].filter((line) => line !== "");
}

function signatures(): TemplateResult {
  return html`<table class="signing"><tbody>${(["drawn", "checked", "issued"] as const).map((role) => html`<tr><th>${t(`print.${role}`)}</th><td></td></tr>`)}<tr><th>${t("print.date")}</th><td></td></tr></tbody></table>`;
}
