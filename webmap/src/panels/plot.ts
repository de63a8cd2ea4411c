/** The drawer of plotting: tools, what is chosen, the pile, and how it stands with the server. */
import { html, nothing, type TemplateResult } from "lit";
import { KINDS, type Kind } from "../api/plots";
import { redo, undo } from "../store/plot_edit";
import { BLOCKS } from "../store/plot_shapes";
import { plotStore, selected, type Tool } from "../store/plot_state";
import { canFinish, chooseBlock, chooseTool, dropPress, finish } from "../store/plot_tool";
import { activeIncident } from "../store/state";
import { t, word } from "../text/i18n";
import { ICONS } from "./icons";
import { define } from "./panel";
import { kindIcon } from "./plot_icons";
import { listenToPlotKeys } from "./plot_keys";
import { PlotPanel } from "./plot_panel";
import "../style/plot.css";
import "./plot_conflicts";
import "./plot_corner";
import "./plot_files";
import "./plot_form";
import "./plot_help";
import "./plot_history";
import "./plot_list";
import "./plot_removed";
import "./plot_signs";

/** The letter that takes a tool in hand. */
export const TOOL_KEYS: Readonly<Partial<Record<Tool, string>>> = {
  select: "V",
  point: "P",
  line: "L",
  polygon: "A",
  circle: "C",
  rectangle: "R",
  text: "T",
};

class PlotDrawer extends PlotPanel {
  static override reads = ["incident", "incidents", "session"] as const;
  static override plots = [
    "tool",
    "drawing",
    "selection",
    "plots",
    "undo",
    "redo",
    "snaps",
    "block",
    "waiting",
    "away",
    "refused",
    "loaded",
  ] as const;
  #deaf: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#deaf = listenToPlotKeys();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#deaf?.();
    this.#deaf = null;
    plotStore.set({ tool: "select", drawing: null, cursor: null, help: false });
  }

  protected override render(): TemplateResult {
    const incident = activeIncident(this.state);
    if (!incident)
      return html`<h2>${t("plot.title")}</h2><p class="hint">${t("plot.noIncident")}</p>`;
    const { tool } = this.plots;
    return html`<header class="plot-head"><h2>${t("plot.title")}</h2>${this.#badge()}</header>
      ${incident.exercise ? html`<p><span class="badge exercise">${t("incident.exercise")}</span></p>` : nothing}
      ${this.#bar()}
      <div class="plot-tools" role="group" aria-label=${t("plot.tools")}>${this.#tool("select")}${KINDS.map((kind) => this.#tool(kind))}</div>
      ${this.#drawing()}
      ${tool === "point" ? html`<om-plot-signs></om-plot-signs>` : nothing}
      <om-plot-conflicts></om-plot-conflicts>
      ${selected(this.plots).length > 0 ? html`<om-plot-form></om-plot-form>` : nothing}
      <om-plot-corner></om-plot-corner><om-plot-history></om-plot-history>
      <om-plot-list></om-plot-list><om-plot-removed></om-plot-removed>
      <om-plot-files></om-plot-files>
      <om-plot-help></om-plot-help>`;
  }

  /** It never lies: what the server has not confirmed is said to wait. */
  #badge(): TemplateResult {
    const { waiting, away } = this.plots;
    const tone = away ? "away" : waiting > 0 ? "waiting" : "saved";
    const text = waiting > 0 ? t("plot.waiting", { count: waiting }) : t("plot.saved");
    return html`<span class="plot-badge ${tone}" role="status">${away ? t("plot.away", { count: waiting }) : text}</span>`;
  }

  #bar(): TemplateResult {
    const { undo: back, redo: forth, snaps } = this.plots;
    return html`<div class="plot-bar">
      <button type="button" name="plot-undo" ?disabled=${back === 0} title="${t("plot.undo")} (Ctrl+Z)" @click=${undo}>${ICONS.undo}${t("plot.undo")}</button>
      <button type="button" name="plot-redo" ?disabled=${forth === 0} title="${t("plot.redo")} (Ctrl+Y)" @click=${redo}>${ICONS.redo}${t("plot.redo")}</button>
      <button type="button" name="plot-snap" aria-pressed=${snaps} title=${t("plot.snap.hint")} @click=${() => plotStore.set({ snaps: !snaps })}>${t("plot.snap")}</button>
      <button type="button" name="plot-help" title="${t("plot.help")} (?)" @click=${() => plotStore.set({ help: true })}>?</button></div>`;
  }

  #tool(tool: Tool): TemplateResult {
    const name = word("plot.kind", tool);
    const key = TOOL_KEYS[tool];
    return html`<button type="button" data-kind=${tool} aria-pressed=${this.plots.tool === tool} title=${key ? `${name} (${key})` : name} @click=${() => chooseTool(tool)}>
      ${kindIcon(tool)}<span>${name}</span></button>`;
  }

  #blocks(): TemplateResult {
    return html`<div class="plot-bar" role="group" aria-label=${t("plot.kind.roadblock")}>${BLOCKS.map((block) => html`<button type="button" data-block=${block} aria-pressed=${this.plots.block === block} @click=${() => chooseBlock(block)}>${word("plot.block", block)}</button>`)}</div>`;
  }

  #drawing(): TemplateResult | typeof nothing {
    const { tool, drawing } = this.plots;
    if (tool === "select") return nothing;
    return html`<div class="plot-now" role="status">${tool === "roadblock" ? this.#blocks() : nothing}<p>${t(`plot.how.${tool as Kind}`)}</p>
      ${
        drawing
          ? html`<div class="quick"><button type="button" name="plot-drop" @click=${dropPress}>${t("plot.drop")}</button>
        <button type="button" class="primary" name="plot-finish" ?disabled=${!canFinish(drawing)} @click=${finish}>${t("plot.finish")}</button></div>`
          : nothing
      }</div>`;
  }
}

define("om-plot", PlotDrawer);
