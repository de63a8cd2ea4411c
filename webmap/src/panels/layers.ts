import { html, nothing, type TemplateResult } from "lit";
import type { Layer } from "../api/wire";
import { toggleLayer } from "../store/browse";
import { liftFilter } from "../store/tiles";
import { count } from "../text/format";
import { t, word } from "../text/i18n";
import { ICONS } from "./icons";
import { define, Panel } from "./panel";
import { layerSymbol, symbol } from "./symbol";

const GROUPS = ["risk", "target", "help", "ground"];
const GRADES = ["1", "2", "3", "4"];
const OWN = "own";

/** The layer tree: each with its count, its age, its legend and its switch. */
class LayerTree extends Panel {
  static override reads = ["layers", "hidden", "quality", "tiles"] as const;

  protected override render(): TemplateResult {
    const { layers } = this.state;
    if (layers.length === 0) return html`<p class="hint">${t("layers.loading")}</p>`;
    const groups = [...new Set([...GROUPS, ...layers.map(({ group }) => group)])];
    return html`<h2>${t("drawer.layers")}</h2>
      ${this.#group(
        OWN,
        layers.filter(({ user }) => user),
      )}
      ${groups.map((group) =>
        this.#group(
          group,
          layers.filter((layer) => !layer.user && layer.group === group),
        ),
      )}
      <p class="hint">${t("map.candidate")}</p>`;
  }

  #group(group: string, layers: Layer[]): TemplateResult | typeof nothing {
    if (layers.length === 0) return nothing;
    return html`<h3>${word("group", group)}</h3>
      <ul class="layers">${layers.map((layer) => this.#row(layer))}</ul>`;
  }

  #row(layer: Layer): TemplateResult {
    const shown = !this.state.hidden.has(layer.name);
    const title = layer.title ?? layer.name;
    const kinds = legend(layer);
    return html`<li class=${shown ? "" : "off"}>
      <label title=${t("layers.show", { layer: title })}>
        <input type="checkbox" .checked=${shown} @change=${() => toggleLayer(layer.name)} data-layer=${layer.name} />
        ${layerSymbol(layer)}<span class="name">${title}</span>${this.#stale(layer)}<span class="count">${count(layer.count)}</span>
      </label>
      ${this.#filter(layer.name, title)}
      ${
        kinds.length > 0 && shown
          ? html`<details><summary>${t("layers.legend")}</summary><ul class="legend">
        ${kinds.map(([key, label]) => html`<li>${symbol(layer.name, key, 18)} ${label}</li>`)}</ul></details>`
          : nothing
      }
      ${layer.can_edit && layer.user ? html`<om-own-layer .name=${layer.name}></om-own-layer>` : nothing}
    </li>`;
  }

  /** The condition under which the map shows the layer, and the way to lift it. */
  #filter(name: string, layer: string): TemplateResult | typeof nothing {
    const filter = this.state.tiles.where[name];
    if (!filter) return nothing;
    return html`<p class="filtered">${t("layers.filtered", { filter })}<button class="ghost" aria-label=${t("layers.lift", { layer })} title=${t("layers.lift", { layer })} @click=${() => liftFilter(name)}>${ICONS.close}</button></p>`;
  }

  /** How many features nobody has confirmed for longer than their layer allows. */
  #stale({ name }: Layer): TemplateResult | typeof nothing {
    const number = this.state.quality?.find(({ layer }) => layer === name)?.stale;
    if (!number) return nothing;
    return html`<span class="stale" title=${t("layers.stale", { count: count(number) })}>${count(number)}</span>`;
  }
}

function legend(layer: Layer): [string, string][] {
  if (layer.group === "ground" || layer.user) return [];
  const key = layer.name === "hazard_source" ? "grade" : "kind";
  const domain = layer.fields.find((field) => field.name === key)?.domain ?? [];
  if (key === "grade" && domain.length === 0) return GRADES.map((grade) => [grade, grade]);
  return domain.map(({ value, title }) => [value, title ?? value]);
}

define("om-layers", LayerTree);
