/** Versions of a plot: who made each and when, seen on the map as a ghost, brought back with a press. */
import { html, nothing, type TemplateResult } from "lit";
import type { Version } from "../api/plots";
import { bringBack } from "../store/plot_edit";
import { moreHistory, openHistory, showVersion } from "../store/plot_history";
import { plotStore, theOne } from "../store/plot_state";
import { stamp } from "../text/format";
import { t, word } from "../text/i18n";
import { define } from "./panel";
import { PlotPanel } from "./plot_panel";

class PlotHistory extends PlotPanel {
  static override plots = ["history", "selection", "plots"] as const;

  protected override render(): TemplateResult | typeof nothing {
    const only = theOne(this.plots);
    if (!only) return nothing;
    const { history } = this.plots;
    if (history?.plot !== only.id)
      return html`<button type="button" class="wide" name="plot-history" @click=${() => void openHistory(only.id)}>${t("plot.history")}</button>`;
    return html`<section class="plot-history"><h3>${t("plot.history")}</h3>
      <ol>${history.versions.map((one) => this.#version(one))}</ol>
      <div class="quick">${history.more ? html`<button type="button" @click=${() => void moreHistory()}>${t("plot.history.more")}</button>` : nothing}
      <button type="button" @click=${() => plotStore.set({ history: null })}>${t("plot.history.close")}</button></div></section>`;
  }

  #version(one: Version): TemplateResult {
    const only = theOne(this.plots);
    const { plot } = one;
    const shown = this.plots.history?.shown === one.version;
    const current = only?.version === one.version;
    return html`<li><button type="button" class="ghost" name="version-${one.version}" aria-pressed=${shown} @click=${() => showVersion(shown ? null : one.version)}>
      ${t("plot.version", { version: one.version })} · ${word("plot.op", one.op)}<br /><small>${one.at ? stamp(one.at) : ""} ${one.by ?? ""}</small></button>
      ${plot && only && !current ? html`<button type="button" name="bring-back-${one.version}" @click=${() => bringBack(only, plot)}>${t("plot.bringBack")}</button>` : nothing}</li>`;
  }
}

define("om-plot-history", PlotHistory);
