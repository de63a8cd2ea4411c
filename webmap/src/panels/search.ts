import { html, nothing, type TemplateResult } from "lit";
import type { Found } from "../api/wire";
import { fly, openFound, search } from "../store/browse";
import { readCoordinates } from "../store/place";
import { layerNamed } from "../store/state";
import { place } from "../text/format";
import { nameOf, t } from "../text/i18n";
import { define, Panel } from "./panel";
import { symbol } from "./symbol";

const PAUSE_MS = 180;

/** Find a feature by name, or a place by longitude and latitude. */
class Search extends Panel {
  static override reads = ["results", "spot", "layers"] as const;
  #typed = "";
  #due: ReturnType<typeof setTimeout> | undefined;

  protected override render(): TemplateResult {
    const { results, spot: at } = this.state;
    return html`<h2>${t("drawer.search")}</h2>
      <form role="search" @submit=${(event: Event) => this.#go(event)}>
        <input type="search" name="q" autocomplete="off" placeholder=${t("search.placeholder")} aria-label=${t("search.placeholder")}
          .value=${this.#typed} @input=${(event: InputEvent) => this.#type(event)} ?autofocus=${this.state.drawer === "search"} />
      </form>
      ${at ? html`<button class="row" @click=${() => fly({ to: "place", ...at, zoom: 16 })}>${t("search.goto", { place: place(at.lon, at.lat) })}</button>` : nothing}
      ${!at && results === null ? html`<p class="hint">${t("search.hint")}</p>` : nothing}
      ${results?.length === 0 ? html`<p class="hint">${t("search.none", { q: this.#typed })}</p>` : nothing}
      <ul class="results">${(results ?? []).map((found) => this.#row(found))}</ul>`;
  }

  #row(found: Found): TemplateResult {
    const title = layerNamed(this.state, found.layer)?.title ?? found.layer;
    return html`<li><button class="row" @click=${() => openFound(found)}>
      ${symbol(found.layer)}<span class="name">${nameOf(found) ?? t("card.unnamed")}</span><small>${title}</small></button></li>`;
  }

  #type(event: InputEvent): void {
    this.#typed = (event.target as HTMLInputElement).value;
    this.requestUpdate();
    clearTimeout(this.#due);
    this.#due = setTimeout(() => void search(this.#typed), PAUSE_MS);
  }

  #go(event: Event): void {
    event.preventDefault();
    const at = readCoordinates(this.#typed) ?? this.state.spot;
    const first = this.state.results?.[0];
    if (at) fly({ to: "place", ...at, zoom: 16 });
    else if (first) openFound(first);
  }
}

define("om-search", Search);
