/** How well each layer is kept, with the working of its score, and pairs to decide. */
import { html, nothing, type TemplateResult } from "lit";
import type { Kept, Pair, PairSide } from "../api/quality";
import {
  decidePair,
  morePairs,
  openSide,
  readQuality,
  searchPairs,
  showPair,
  showPairs,
} from "../store/quality";
import { layerNamed, may } from "../store/state";
import { count, distance, quantity } from "../text/format";
import { t, word } from "../text/i18n";
import { define, Panel } from "./panel";
import { symbol } from "./symbol";

class Quality extends Panel {
  static override reads = ["quality", "pairs", "layers", "session"] as const;

  override connectedCallback(): void {
    super.connectedCallback();
    void readQuality();
    void showPairs(null);
  }

  protected override render(): TemplateResult {
    const { quality, pairs } = this.state;
    return html`<h2>${t("quality.title")}</h2>
      <h3>${t("quality.pairs")}</h3>
      ${pairs ? this.#pairs(pairs.list, pairs.layer) : nothing}
      ${pairs?.next ? html`<button class="wide" @click=${() => void morePairs()}>${t("list.more")}</button>` : nothing}
      <h3>${t("quality.layers")}</h3>
      <ul class="quality">${(quality ?? []).map((kept) => this.#kept(kept))}</ul>`;
  }

  #kept(kept: Kept): TemplateResult {
    const layer = layerNamed(this.state, kept.layer);
    const missing = Object.entries(kept.missing).filter(([, number]) => number > 0);
    return html`<li><details data-quality=${kept.layer}><summary>${symbol(kept.layer, null, 18)} <span class="name">${layer?.title ?? kept.layer}</span>
        ${kept.open_duplicates > 0 ? html`<span class="badge">${t("quality.open", { count: count(kept.open_duplicates) })}</span>` : nothing}
        ${kept.stale ? html`<span class="stale" title=${t("layers.stale", { count: count(kept.stale) })}>${count(kept.stale)}</span>` : nothing}
        <b class="score ${(kept.score ?? 100) < 60 ? "low" : ""}">${kept.score ?? "—"}</b></summary>
      <table><tbody>${kept.working.map(
        (share) =>
          html`<tr><td>${share.text ?? share.code}</td><td>${count(share.good)} / ${count(share.of)}</td><td>×${share.weight}</td></tr>`,
      )}</tbody></table>
      ${missing.length > 0 ? html`<p class="hint">${t("quality.missing", { fields: missing.map(([name, number]) => `${layer?.fields.find((field) => field.name === name)?.title ?? name} ${count(number)}`).join(", ") })}</p>` : nothing}
      <div class="quick">${kept.open_duplicates > 0 ? html`<button @click=${() => void showPairs(kept.layer)}>${t("quality.show")}</button>` : nothing}
        ${may(this.state, "features.write") ? html`<button name="search-pairs" @click=${() => void searchPairs(kept.layer)}>${t("quality.search")}</button>` : nothing}</div></details></li>`;
  }

  #pairs(list: readonly Pair[], layer: string | null): TemplateResult {
    if (list.length === 0) return html`<p class="hint">${t("quality.none")}</p>`;
    return html`${layer ? html`<p><span class="tag">${layerNamed(this.state, layer)?.title ?? layer}</span> <button class="link-button" @click=${() => void showPairs(null)}>${t("layers.all")}</button></p>` : nothing}
      <ul class="pairs">${list.map((pair) => this.#pair(pair))}</ul>`;
  }

  #pair(pair: Pair): TemplateResult {
    const layer = layerNamed(this.state, pair.layer);
    const title = (name: string): string =>
      layer?.fields.find((field) => field.name === name)?.title ?? name;
    const why = [
      word("quality.reason", pair.reason),
      pair.distance_m === null ? "" : t("quality.apart", { distance: distance(pair.distance_m) }),
      pair.score === null ? "" : `${Math.round(pair.score * 100)}%`,
    ];
    return html`<li class="pair-card" data-pair=${pair.id}><header>${symbol(pair.layer, null, 18)} <small>${[layer?.title ?? pair.layer, ...why].filter(Boolean).join(" · ")}</small>
        <button class="ghost" @click=${() => showPair(pair)}>${t("quality.onMap")}</button></header>
      <table class="diff"><thead><tr><th></th><th>${this.#side(pair, pair.a)}</th><th>${this.#side(pair, pair.b)}</th></tr></thead>
        <tbody>${pair.differs.map(({ field, a, b }) => html`<tr><th>${title(field)}</th><td>${quantity(a)}</td><td>${quantity(b)}</td></tr>`)}</tbody></table>
      ${
        may(this.state, "features.write")
          ? html`<div class="quick"><button name="same" @click=${() => void decidePair(pair, "same")}>${t("quality.same")}</button>
        <button name="different" @click=${() => void decidePair(pair, "different")}>${t("quality.different")}</button></div>`
          : nothing
      }</li>`;
  }

  #side(pair: Pair, side: PairSide): TemplateResult {
    return html`<button class="link-button" @click=${() => openSide(pair, side)}>${side.name ?? t("card.unnamed")}</button><small>${[side.source, side.source_date].filter(Boolean).join(" · ")}</small>`;
  }
}

define("om-quality", Quality);
