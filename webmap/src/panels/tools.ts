/** The planner's rail of tools and the panel that one of them opens. */
import { html, nothing, type TemplateResult } from "lit";
import { showTool } from "../store/browse";
import type { Tool } from "../store/planner";
import { may } from "../store/state";
import { t } from "../text/i18n";
import { ICONS } from "./icons";
import { fetchPart } from "./lazy";
import { define, Panel } from "./panel";

const NEEDS: Readonly<Partial<Record<Tool, string>>> = {
  import: "imports.write",
  roads: "analysis.run",
  moving: "positions.read",
  pack: "packs.make",
};
const ALL: readonly Tool[] = [
  "layers",
  "query",
  "statistics",
  "themes",
  "roads",
  "moving",
  "pack",
  "import",
  "quality",
];

class Tools extends Panel {
  static override reads = ["tool", "session"] as const;

  protected override render(): TemplateResult {
    const { tool } = this.state;
    const tools = ALL.filter((name) => may(this.state, NEEDS[name] ?? "features.read"));
    return html`<nav class="rail" aria-label=${t("tools.title")}>${tools.map(
      (
        name,
      ) => html`<button name="tool-${name}" aria-pressed=${tool === name} title=${t(`tools.${name}`)} @click=${() => showTool(name)}>
        ${ICONS[name]}<span>${t(`tools.${name}`)}</span></button>`,
    )}</nav>
    ${tool ? html`<section class="drawer tool-${tool}" aria-label=${t(`tools.${tool}`)}>${content(tool)}</section>` : nothing}`;
  }
}

function content(tool: Tool): TemplateResult {
  switch (tool) {
    case "layers":
      fetchPart("om-ground");
      return html`<om-search></om-search><om-layers></om-layers><om-removed-layers></om-removed-layers><om-ground></om-ground>`;
    case "import":
      fetchPart("om-import");
      fetchPart("om-raster-upload");
      return html`<om-import></om-import><om-raster-upload></om-raster-upload>`;
    case "query":
      fetchPart("om-query");
      return html`<om-query></om-query>`;
    case "statistics":
      fetchPart("om-statistics");
      return html`<om-statistics></om-statistics>`;
    case "themes":
      fetchPart("om-themes");
      return html`<om-themes></om-themes>`;
    case "roads":
      fetchPart("om-roads");
      return html`<om-roads></om-roads>`;
    case "moving":
      fetchPart("om-moving");
      return html`<om-moving></om-moving>`;
    case "pack":
      fetchPart("om-packing");
      return html`<om-packing></om-packing>`;
    case "quality":
      fetchPart("om-quality");
      return html`<om-quality></om-quality>`;
  }
}

define("om-tools", Tools);
