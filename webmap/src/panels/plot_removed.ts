/** Plots that somebody took off: who did and when, and a press that brings one back. */
import { html, nothing, type TemplateResult } from "lit";
import type { Removed } from "../api/plots";
import { restore } from "../store/plot_edit";
import { closeRemoved, openRemoved } from "../store/plot_removed";
import { stamp } from "../text/format";
import { t } from "../text/i18n";
import { nameOfPlot } from "../text/plot_name";
import { define } from "./panel";
import { plotIcon } from "./plot_icons";
import { PlotPanel } from "./plot_panel";

class PlotRemoved extends PlotPanel {
  static override plots = ["removed", "plots"] as const;

  protected override render(): TemplateResult {
    const { removed } = this.plots;
    if (!removed)
      return html`<button type="button" class="wide" name="plot-removed" @click=${() => void openRemoved()}>${t("plot.removed")}</button>`;
    // What was just brought back is there already, whatever the list still says.
    const gone = removed.removed.filter(({ plot }) => !this.plots.plots.has(plot.id));
    return html`<section class="plot-removed"><h3>${t("plot.removed")}</h3>
      ${gone.length === 0 ? html`<p class="hint">${t("plot.removed.none")}</p>` : nothing}
      <ul>${gone.map((one) => this.#row(one))}</ul>
      ${removed.more ? html`<p class="hint">${t("plot.removed.more", { count: removed.removed.length })}</p>` : nothing}
      <div class="quick"><button type="button" name="removed-close" @click=${closeRemoved}>${t("plot.history.close")}</button></div></section>`;
  }

  #row({ at, by, plot }: Removed["removed"][number]): TemplateResult {
    return html`<li>${plotIcon(plot)}<span class="name">${nameOfPlot(plot)}<br /><small>${t("plot.removed.by", { name: by ?? "—", at: stamp(at) })}</small></span>
      <button type="button" data-restore=${plot.id} @click=${() => restore(plot)}>${t("plot.bringBack")}</button></li>`;
  }
}

define("om-plot-removed", PlotRemoved);
