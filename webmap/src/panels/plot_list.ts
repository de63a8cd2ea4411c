/** The pile of plots, the topmost first; several hundred scroll, and a word finds one. */
import { html, nothing, type TemplateResult } from "lit";
import type { Plot } from "../api/plots";
import { fly } from "../store/browse";
import { boxOf } from "../store/geodesy";
import { pick, pileOf } from "../store/plot_pick";
import { t } from "../text/i18n";
import { nameOfPlot } from "../text/plot_name";
import { define } from "./panel";
import { plotIcon } from "./plot_icons";
import { inputOf, PlotPanel } from "./plot_panel";

const MOST = 100;

class PlotList extends PlotPanel {
  static override plots = ["plots", "selection", "fresh", "loaded"] as const;
  #asked = "";

  protected override render(): TemplateResult {
    const { plots, loaded } = this.plots;
    const pile = pileOf([...plots.values()]).filter((plot) => named(plot, this.#asked));
    return html`<section class="plot-list"><h3>${t("plot.list", { count: plots.size })}</h3>
      ${
        plots.size > 8
          ? html`<label class="find"><input type="search" name="plot-find" placeholder=${t("plot.find")} aria-label=${t("plot.find")} .value=${this.#asked} @input=${(
              event: Event,
            ) => {
              this.#asked = inputOf(event).value;
              this.requestUpdate();
            }} /></label>`
          : nothing
      }
      ${loaded && plots.size === 0 ? html`<p class="hint">${t("plot.empty")}</p>` : nothing}
      <ul>${pile.slice(0, MOST).map((plot) => this.#row(plot))}</ul>
      ${pile.length > MOST ? html`<p class="hint">${t("plot.more", { count: pile.length - MOST })}</p>` : nothing}</section>`;
  }

  #row(plot: Plot): TemplateResult {
    const { selection, fresh } = this.plots;
    const by = fresh.get(plot.id);
    return html`<li class=${by === undefined ? "" : "fresh"}><button type="button" data-plot=${plot.id} aria-pressed=${selection.has(plot.id)} @click=${(event: MouseEvent) => pick(plot.id, { more: event.shiftKey || event.ctrlKey })} @dblclick=${() => show(plot)}>
      ${plotIcon(plot)}<span class="name">${nameOfPlot(plot)}</span>${plot.locked ? html`<small>${t("plot.locked")}</small>` : nothing}<small>${by ?? plot.updated_by ?? ""}</small></button></li>`;
  }
}

function show({ geometry }: Plot): void {
  const box = boxOf(geometry);
  if (!box) return;
  const [west, south, east, north] = box;
  if (west === east && south === north) fly({ to: "place", lon: west, lat: south });
  else fly({ to: "box", west, south, east, north });
}

const named = (plot: Plot, asked: string): boolean =>
  asked === "" || nameOfPlot(plot).toLowerCase().includes(asked.trim().toLowerCase());

define("om-plot-list", PlotList);
