/** How much of what there is, and where: bars that a person can press to look closer. */
import { html, nothing, type TemplateResult } from "lit";
import type { Statistics } from "../api/queries";
import {
  ask,
  askable,
  askedLayers,
  chooseDistrict,
  chooseWhere,
  toggleAsked,
} from "../store/asking";
import { showTool } from "../store/browse";
import { count, countAt, countBy, dimensions } from "../store/counting";
import { layerNamed } from "../store/state";
import { count as counted, quantity } from "../text/format";
import { nameOf, t, word } from "../text/i18n";
import { conditions } from "./conditions";
import { define, Panel } from "./panel";
import { layerSymbol } from "./symbol";

class Counts extends Panel {
  static override reads = ["counting", "asking", "layers"] as const;

  override connectedCallback(): void {
    super.connectedCallback();
    void count();
  }

  protected override render(): TemplateResult {
    const { counting, asking } = this.state;
    return html`<h2>${t("statistics.title")}</h2>
      <p class="hint">${this.#place()}</p>
      <div class="chips-row">${askable(this.state).map(
        (layer) =>
          html`<button type="button" class="pick" aria-pressed=${asking.layers.has(layer.name)} @click=${() => this.#toggle(layer.name)}>${layerSymbol(layer, 18)} ${layer.title ?? layer.name}</button>`,
      )}</div>
      <div class="pair"><label>${t("statistics.by")}<select name="by" @change=${(event: Event) => countBy((event.target as HTMLSelectElement).value)}>
        ${dimensions(this.state).map((name) => html`<option value=${name} ?selected=${name === counting.by}>${this.#dimension(name)}</option>`)}</select></label>
      ${counting.by === "district" ? this.#levels(counting.level) : nothing}</div>
      ${asking.layers.size > 0 ? html`<details><summary>${t("statistics.conditions")}</summary>${conditions(this.state, askedLayers(this.state))}<button name="count" @click=${() => void count()}>${t("statistics.again")}</button></details>` : nothing}
      ${counting.answer ? this.#bars(counting.answer, counting.busy) : nothing}`;
  }

  #toggle(layer: string): void {
    toggleAsked(layer);
    void count();
  }

  /** The counts hold for where the question looks, and say so. */
  #place(): string {
    const { where, center, polygon, district } = this.state.asking;
    const set =
      where === "view" ||
      (where === "around" && center) ||
      (where === "polygon" && polygon) ||
      (where === "district" && district);
    return set
      ? t("statistics.within", { where: t(`query.where.${where}`) })
      : t("statistics.everywhere");
  }

  #dimension(name: string): string {
    if (
      name === "layer" ||
      name === "district" ||
      name === "kind" ||
      name === "grade" ||
      name === "year" ||
      name === "month"
    )
      return t(`statistics.by.${name}`);
    const [only] = askedLayers(this.state);
    const fields = layerNamed(this.state, only ?? "")?.fields ?? [];
    return fields.find((field) => field.name === name)?.title ?? name;
  }

  #levels(level: string): TemplateResult | typeof nothing {
    const levels = layerNamed(this.state, "region")?.fields.find(({ name }) => name === "level");
    if (!levels?.domain?.length) return nothing;
    return html`<label>${t("statistics.level")}<select name="level" @change=${(event: Event) => countAt((event.target as HTMLSelectElement).value)}>
      <option value="">${t("statistics.level.own")}</option>
      ${levels.domain.map(({ value, title }) => html`<option value=${value} ?selected=${value === level}>${title ?? value}</option>`)}</select></label>`;
  }

  #bars(answer: Statistics, busy: boolean): TemplateResult {
    const by = answer.by[0] ?? "layer";
    const most = Math.max(1, ...answer.groups.map((group) => group.count));
    return html`<p class="total" aria-live="polite">${t("statistics.total", { count: counted(answer.count) })}</p>
      <ul class="bars ${busy ? "busy" : ""}">${answer.groups.map((group) => {
        const key = group.keys[by];
        const sums = Object.entries(group.sums).map(
          ([name, sum]) => `${this.#field(name)} ${quantity(sum)}`,
        );
        return html`<li><button class="bar" data-key=${String(key ?? "")} @click=${() => this.#closer(by, key, answer)}>
          <span class="name">${this.#key(by, key, answer)}</span><b>${counted(group.count)}</b>
          <meter min="0" max=${most} .value=${group.count}></meter>
          ${sums.length > 0 ? html`<small>${sums.join(" · ")}</small>` : nothing}</button></li>`;
      })}</ul>${answer.truncated ? html`<p class="warn">${t("statistics.truncated")}</p>` : nothing}`;
  }

  #field(name: string): string {
    for (const layer of this.state.layers) {
      const title = layer.fields.find((field) => field.name === name)?.title;
      if (title) return title;
    }
    return name;
  }

  #key(by: string, key: unknown, { districts }: Statistics): string {
    if (key === null || key === undefined || key === "") return t("statistics.none");
    const value = String(key);
    if (by === "layer") return layerNamed(this.state, value)?.title ?? value;
    const district = districts[value];
    if (by === "district") return (district && nameOf(district)) ?? value;
    return this.#valueTitle(by, value) ?? word(by, value);
  }

  /** A value as the first asked layer that knows it calls it; `kind` is `class` for some. */
  #valueTitle(by: string, value: string): string | null {
    const names = by === "kind" ? ["kind", "class"] : [by];
    const fields = askedLayers(this.state)
      .flatMap((name) => layerNamed(this.state, name)?.fields ?? [])
      .filter(({ name }) => names.includes(name));
    const entries = fields.flatMap(({ domain }) => domain ?? []);
    return entries.find((entry) => entry.value === value)?.title ?? null;
  }

  /** A bar leads to the rows behind it. */
  #closer(by: string, key: unknown, { districts }: Statistics): void {
    const value = String(key ?? "");
    if (value === "") return;
    if (by === "district") {
      const district = districts[value];
      chooseWhere("district");
      chooseDistrict({
        code: value,
        name: district?.name ?? null,
        name_en: district?.name_en ?? null,
      });
    } else {
      if (by === "layer" && !this.state.asking.layers.has(value)) toggleAsked(value);
      if (this.state.asking.where === "around" && !this.state.asking.center)
        chooseWhere("anywhere");
      void ask();
    }
    showTool("query");
  }
}

define("om-statistics", Counts);
