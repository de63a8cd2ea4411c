import { html, nothing, type TemplateResult } from "lit";
import { showDrawer } from "../store/browse";
import { beginReport } from "../store/report";
import { type Drawer, may, mayReport } from "../store/state";
import { t } from "../text/i18n";
import { ICONS } from "./icons";
import { fetchPart } from "./lazy";
import { define, Panel } from "./panel";

type Name = Exclude<Drawer, null>;

/** The rail of tools and the drawer that one of them opens. */
class DrawerRail extends Panel {
  static override reads = ["drawer", "card", "session", "replay"] as const;

  protected override render(): TemplateResult {
    const { drawer, card } = this.state;
    const names: Name[] = ["layers", "search"];
    if (mayReport(this.state)) names.push("report", "duty");
    if (may(this.state, "plots.write")) names.push("plot");
    names.push("measure");
    if (may(this.state, "analysis.run")) names.push("roads");
    if (may(this.state, "positions.read")) names.push("moving");
    if (may(this.state, "imports.write")) names.push("import");
    if (card) names.push("card");
    return html`
      <nav class="rail">
        ${names.map(
          (
            name,
          ) => html`<button data-tool=${name} aria-pressed=${drawer === name} title=${t(`drawer.${name}`)}
          @click=${() => (name === "report" && drawer !== "report" ? beginReport() : showDrawer(name))}>
          ${ICONS[name]}<span>${t(`drawer.${name}`)}</span></button>`,
        )}
      </nav>
      ${drawer ? html`<section class="drawer" aria-label=${t(`drawer.${drawer}`)}>${content(drawer)}</section>` : nothing}
    `;
  }
}

function content(drawer: Name): TemplateResult {
  switch (drawer) {
    case "layers":
      fetchPart("om-ground");
      return html`<om-layers></om-layers><om-ground></om-ground>`;
    case "search":
      return html`<om-search></om-search>`;
    case "duty":
      fetchPart("om-duty");
      return html`<om-duty></om-duty>`;
    case "report":
      fetchPart("om-report");
      return html`<om-report></om-report>`;
    case "plot":
      fetchPart("om-plot");
      return html`<om-plot></om-plot>`;
    case "measure":
      fetchPart("om-measure");
      return html`<om-measure></om-measure>`;
    case "import":
      fetchPart("om-import");
      return html`<om-import></om-import>`;
    case "roads":
      fetchPart("om-roads");
      return html`<om-roads></om-roads>`;
    case "moving":
      fetchPart("om-moving");
      return html`<om-moving></om-moving>`;
    case "card":
      fetchPart("om-card");
      return html`<om-card></om-card>`;
  }
}

define("om-drawer", DrawerRail);
