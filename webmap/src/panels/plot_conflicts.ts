/** Two edits of one thing: both are shown, and a person says which holds. Refused edits wait here too. */
import { html, nothing, type TemplateResult } from "lit";
import type { Conflict } from "../api/plots";
import { keepBoth, keepMine, keepTheirs } from "../store/plot_conflict";
import { type Pending, plotStore } from "../store/plot_state";
import { discard, tryAgain } from "../store/plot_sync";
import { quantity } from "../text/format";
import { t, word } from "../text/i18n";
import { nameOfPlot } from "../text/plot_name";
import { define } from "./panel";
import { PlotPanel } from "./plot_panel";

class Conflicts extends PlotPanel {
  static override plots = ["conflicts", "plots", "refused"] as const;

  protected override render(): TemplateResult | typeof nothing {
    const { conflicts, refused } = this.plots;
    if (conflicts.length + refused.length === 0) return nothing;
    return html`<section class="plot-conflicts" role="alert">
      ${conflicts.length > 0 ? html`<h3>${t("plot.conflict.title", { count: conflicts.length })}</h3>` : nothing}
      ${conflicts.map((one) => this.#conflict(one))}
      ${refused.length > 0 ? html`<h3>${t("plot.refused.title", { count: refused.length })}</h3>` : nothing}
      ${refused.map((one) => this.#refused(one))}</section>`;
  }

  #conflict(one: Conflict): TemplateResult {
    const plot = this.plots.plots.get(one.plot);
    const shape = one.field === "shape";
    const show = (): void => plotStore.set({ selection: new Set([one.plot]) });
    return html`<article><p><button type="button" class="ghost" @click=${show}>${plot ? nameOfPlot(plot) : t("plot.conflict.gone")}</button> · ${word("plot.field", one.field)}</p>
      <p class="hint">${t("plot.conflict.mine", { name: one.by ?? "—" })}: ${shape ? t("plot.conflict.dashed") : said(one.mine)}<br />
      ${t("plot.conflict.theirs", { name: one.theirs_by ?? "—" })}: ${shape ? t("plot.conflict.drawn") : said(one.theirs)}</p>
      <div class="plot-deeds">
        <button type="button" name="keep-mine" @click=${() => keepMine(one)}>${t("plot.keep.mine")}</button>
        <button type="button" name="keep-theirs" @click=${() => keepTheirs(one)}>${t("plot.keep.theirs")}</button>
        <button type="button" name="keep-both" ?disabled=${!plot} @click=${() => keepBoth(one)}>${t("plot.keep.both")}</button></div></article>`;
  }

  #refused(one: Pending): TemplateResult {
    return html`<article><p class="warn">${one.refused}</p><div class="plot-deeds">
      <button type="button" @click=${() => tryAgain(one)}>${t("plot.refused.again")}</button>
      <button type="button" @click=${() => discard(one)}>${t("plot.refused.drop")}</button></div></article>`;
  }
}

const said = (value: unknown): string => {
  const text = quantity(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
};

define("om-plot-conflicts", Conflicts);
