/** The question: where, which layers, under which conditions. */
import { html, nothing, type TemplateResult } from "lit";
import {
  ask,
  askable,
  askedLayers,
  chooseDistrict,
  chooseWhere,
  drawPolygon,
  findDistricts,
  pickCentre,
  setRadius,
  toggleAsked,
  whereBody,
} from "../store/asking";
import { type Asking, type District, WHERES } from "../store/planner";
import { count, place } from "../text/format";
import { nameOf, t } from "../text/i18n";
import { conditions } from "./conditions";
import { define, Panel } from "./panel";
import { layerSymbol } from "./symbol";

const RADII_M = [500, 1000, 3000, 5000, 10_000];
const PAUSE_MS = 200;

class Query extends Panel {
  static override reads = ["asking", "layers", "drawing", "bounds", "session"] as const;
  #districts: readonly District[] = [];
  #due: ReturnType<typeof setTimeout> | undefined;

  protected override render(): TemplateResult {
    const { asking, bounds } = this.state;
    const open = whereBody(asking, bounds) !== null;
    return html`<h2>${t("query.title")}</h2>
      <form class="query" @submit=${(event: Event) => {
        event.preventDefault();
        void ask();
      }}>
        <div class="segments" role="radiogroup" aria-label=${t("query.where")}>${WHERES.map(
          (where) =>
            html`<button type="button" role="radio" name="where-${where}" aria-checked=${asking.where === where} @click=${() => chooseWhere(where)}>${t(`query.where.${where}`)}</button>`,
        )}</div>
        ${this.#where(asking)}
        <h3>${t("query.layers")}</h3>${this.#layers()}
        ${conditions(this.state, askedLayers(this.state))}
        <footer class="decide"><button class="primary" name="ask" ?disabled=${!open || asking.busy}>${asking.busy ? t("query.asking") : t("query.ask")}</button></footer>
      </form>`;
  }

  #where(asking: Asking): TemplateResult | typeof nothing {
    switch (asking.where) {
      case "around":
        return around(asking, this.state.drawing !== null);
      case "polygon":
        return html`<button type="button" class="wide" name="draw" @click=${drawPolygon}>${asking.polygon ? t("query.drawAgain") : t("query.draw")}</button>`;
      case "district":
        return this.#district(asking);
      default:
        return nothing;
    }
  }

  #district({ district }: Asking): TemplateResult {
    return html`<input type="search" name="district" autocomplete="off" placeholder=${t("query.district")} aria-label=${t("query.district")} @input=${(event: Event) => this.#find(event)} />
      ${district ? html`<p><span class="tag">${nameOf(district) ?? district.code}</span> <small>${district.code}</small></p>` : nothing}
      <ul class="choices">${this.#districts.map(
        (
          one,
        ) => html`<li><button type="button" class="row" aria-pressed=${one.code === district?.code} @click=${() => this.#choose(one)}>
        <span class="name">${nameOf(one) ?? one.code}</span><small>${one.code}</small></button></li>`,
      )}</ul>`;
  }

  #choose(district: District): void {
    this.#districts = [];
    chooseDistrict(district);
    this.requestUpdate();
  }

  #find(event: Event): void {
    const { value } = event.target as HTMLInputElement;
    clearTimeout(this.#due);
    this.#due = setTimeout(async () => {
      this.#districts = await findDistricts(value);
      this.requestUpdate();
    }, PAUSE_MS);
  }

  #layers(): TemplateResult {
    const { layers } = this.state.asking;
    return html`<div class="chips-row">${askable(this.state).map(
      (layer) =>
        html`<button type="button" class="pick" data-ask=${layer.name} aria-pressed=${layers.has(layer.name)} @click=${() => toggleAsked(layer.name)}>${layerSymbol(layer, 18)} ${layer.title ?? layer.name} <small>${count(layer.count)}</small></button>`,
    )}</div>${layers.size === 0 ? html`<p class="hint">${t("query.layers.all")}</p>` : nothing}`;
  }
}

const radius = (metres: number): string => (metres < 1000 ? `${metres} m` : `${metres / 1000} km`);

function around({ center, radius_m }: Asking, drawing: boolean): TemplateResult {
  return html`<button type="button" class="wide" name="pick" aria-pressed=${drawing} @click=${pickCentre}>${center ? place(center.lon, center.lat) : t("query.pick")}</button>
    <div class="quick">${RADII_M.map((metres) => html`<button type="button" aria-pressed=${radius_m === metres} @click=${() => setRadius(metres)}>${radius(metres)}</button>`)}</div>
    <label>${t("query.radius")}<input type="number" name="radius" min="1" max="200000" step="any" .value=${String(radius_m)} @change=${(
      event: Event,
    ) => {
      const { valueAsNumber } = event.target as HTMLInputElement;
      if (valueAsNumber > 0) setRadius(valueAsNumber);
    }} /></label>`;
}

define("om-query", Query);
