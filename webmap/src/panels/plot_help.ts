/** The keys of plotting, over the map, while they are asked for. */
import { html, nothing, type TemplateResult } from "lit";
import { plotStore } from "../store/plot_state";
import { t, word } from "../text/i18n";
import { ICONS } from "./icons";
import { define } from "./panel";
import { PlotPanel } from "./plot_panel";

/** Keys and the name of what they do. */
const KEYS: readonly (readonly [keys: string, name: string])[] = [
  ["V P L A C R T", "tools"],
  ["Enter", "finish"],
  ["Esc", "cancel"],
  ["Del", "remove"],
  ["Ctrl+Z / Ctrl+Y", "undo"],
  ["Ctrl+C / Ctrl+V", "copy"],
  ["Ctrl+A", "all"],
  ["Ctrl+G / Ctrl+Shift+G", "group"],
  ["Ctrl+] / Ctrl+[", "order"],
  ["← ↑ → ↓ (Shift)", "nudge"],
  ["Space", "press"],
  ["N / B", "next"],
  ["[ / ]", "corner"],
  ["Shift", "more"],
  ["Alt", "snap"],
  ["?", "help"],
];

class PlotHelp extends PlotPanel {
  static override plots = ["help"] as const;

  protected override render(): TemplateResult | typeof nothing {
    if (!this.plots.help) return nothing;
    return html`<div class="plot-help" role="dialog" aria-modal="false" aria-label=${t("plot.help")}><header><h3>${t("plot.help")}</h3>
      <button type="button" class="ghost" name="help-close" aria-label=${t("plot.history.close")} @click=${() => plotStore.set({ help: false })}>${ICONS.close}</button></header>
      <dl>${KEYS.map(([keys, name]) => html`<dt><kbd>${keys}</kbd></dt><dd>${word("plot.key", name)}</dd>`)}</dl></div>`;
  }

  /** Who asked by key can leave by key: the way out has the focus. */
  protected override updated(): void {
    if (this.plots.help) this.querySelector<HTMLButtonElement>('[name="help-close"]')?.focus();
  }
}

define("om-plot-help", PlotHelp);
