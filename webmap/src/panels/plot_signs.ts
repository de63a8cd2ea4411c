/** The palette of signs: by class, found by Chinese or English name or by code. */
import { html, nothing, type TemplateResult } from "lit";
import { readSignCodes, signCode } from "../store/plot_codes";
import { chooseSymbol } from "../store/plot_tool";
import { GLYPH_CLASSES, GLYPHS, type Glyph } from "../symbols/plot_glyphs";
import { signUri } from "../symbols/plot_signs";
import { t, word } from "../text/i18n";
import { define } from "./panel";
import { inputOf, PlotPanel } from "./plot_panel";

class Signs extends PlotPanel {
  static override plots = ["symbol", "codes"] as const;
  #asked = "";

  override connectedCallback(): void {
    super.connectedCallback();
    void readSignCodes();
  }

  protected override render(): TemplateResult {
    const found = GLYPHS.filter((glyph) => matches(glyph, this.#asked));
    return html`<section class="plot-signs" aria-label=${t("plot.signs")}>
      <label>${t("plot.signs.search")}<input type="search" name="sign" autocomplete="off" .value=${this.#asked} @input=${(
        event: Event,
      ) => {
        this.#asked = inputOf(event).value;
        this.requestUpdate();
      }} /></label>
      ${GLYPH_CLASSES.map((name) => {
        const here = found.filter((glyph) => glyph.class === name);
        return here.length === 0
          ? nothing
          : html`<h4>${word("plot.class", name)}</h4><div class="signs">${here.map((glyph) => this.#sign(glyph))}</div>`;
      })}
      ${found.length === 0 ? html`<p class="hint">${t("plot.signs.none")}</p>` : nothing}
      <p class="hint">${t("plot.signs.source")}</p></section>`;
  }

  #sign(glyph: Glyph): TemplateResult {
    const name = word("plot.sign", glyph.name);
    return html`<button type="button" data-sign=${glyph.name} aria-pressed=${this.plots.symbol === glyph.name} title="${signCode(glyph)} ${name}" aria-label="${signCode(glyph)} ${name}" @click=${() => chooseSymbol(glyph.name, signCode(glyph))}>
      <img alt="" width="30" height="30" src=${signUri(glyph.name, null, 30)} /></button>`;
  }
}

/** In both languages, whichever the page speaks: the code's name is English. */
function matches(glyph: Glyph, asked: string): boolean {
  const wanted = asked.trim().toLowerCase();
  const names = [
    word("plot.sign", glyph.name),
    glyph.name.replaceAll("_", " "),
    glyph.code,
    signCode(glyph),
  ];
  return wanted === "" || names.some((name) => name.toLowerCase().includes(wanted));
}

define("om-plot-signs", Signs);
