/** What lies under the features: the base map, maps of others, rasters, each with its strength. */
import { html, nothing, svg, type TemplateResult } from "lit";
import type { External, Raster, RasterLegend } from "../api/ground";
import { changeLaid, chooseLook, moveLaid, rasterOf, toggleLaid } from "../store/ground";
import { type Choice, LOOKS, type Swipe } from "../store/ground_state";
import { drawProfile, drawZonal } from "../store/reading";
import { beginSwipe, compare, endSwipe, images } from "../store/swipe";
import { compareTwin } from "../store/twin";
import { quantity } from "../text/format";
import { t, word } from "../text/i18n";
import { rasterUnit } from "../text/raster_unit";
import { define, Panel } from "./panel";

class GroundPanel extends Panel {
  static override reads = ["ground"] as const;

  protected override render(): TemplateResult {
    const { external, rasters, choices } = this.state.ground;
    const laid = choices.map(({ key }) => key);
    return html`<h2>${t("ground.title")}</h2>
      <div class="segments" role="radiogroup" aria-label=${t("ground.look")}>${LOOKS.map(
        (look) =>
          html`<button type="button" role="radio" name="look-${look}" aria-checked=${this.state.ground.look === look} @click=${() => chooseLook(look)}>${t(`ground.look.${look}`)}</button>`,
      )}</div>
      ${this.#reason()}
      ${this.#pile([...choices].reverse())}
      ${this.#offered(
        "ground.external",
        external.map((one) => [`external:${one.name}`, this.#title(one)]),
        laid,
      )}
      ${this.#offered(
        "ground.rasters",
        rasters.map((one) => [`raster:${one.id}`, rasterTitle(one)]),
        laid,
      )}
      ${this.#swipe(images(rasters))}`;
  }

  #title({ name, title, title_en }: External): string {
    return (this.state.language === "en" ? (title_en ?? title) : title) ?? name;
  }

  #reason(): TemplateResult | typeof nothing {
    const reason = this.state.ground.basemap?.reason;
    if (!reason) return nothing;
    const said = { missing_file: "ground.missing", damaged: "ground.damaged" } as const;
    const known = Object.entries(said).find(([name]) => name === reason)?.[1];
    return html`<p class="warn">${t(known ?? "ground.unjoined")}</p>`;
  }

  /** What is laid now, the topmost first. */
  #pile(choices: Choice[]): TemplateResult | typeof nothing {
    const shown = choices.flatMap((choice) => {
      const raster = rasterOf(this.state, choice.key);
      const other = this.state.ground.external.find(
        ({ name }) => choice.key === `external:${name}`,
      );
      return raster || other ? [this.#laid(choice, raster, other ?? null)] : [];
    });
    return shown.length > 0 ? html`<ul class="laid">${shown}</ul>` : nothing;
  }

  #laid(choice: Choice, raster: Raster | null, other: External | null): TemplateResult {
    const { key, opacity } = choice;
    const name = raster ? rasterTitle(raster) : other ? this.#title(other) : key;
    const failed = this.state.ground.failed[key];
    return html`<li data-key=${key}><header><label title=${t("ground.show", { name })}><input type="checkbox" checked @change=${() => toggleLaid(key)} /><span class="name">${name}</span></label>
        <button type="button" class="ghost" title=${t("ground.up")} aria-label=${t("ground.up")} @click=${() => moveLaid(key, 1)}>↑</button>
        <button type="button" class="ghost" title=${t("ground.down")} aria-label=${t("ground.down")} @click=${() => moveLaid(key, -1)}>↓</button></header>
      ${failed ? html`<p class="warn">${t("ground.failed", { reason: failed })}</p>` : nothing}
      <label class="range">${t("ground.opacity")}<input type="range" name="opacity" min="0" max="1" step="0.05" .value=${String(opacity)} @input=${(event: Event) => changeLaid(key, { opacity: Number((event.target as HTMLInputElement).value) })} /></label>
      ${raster ? this.#raster(raster, choice) : nothing}</li>`;
  }

  #raster(raster: Raster, { key, style }: Choice): TemplateResult {
    const now = style ?? raster.styles.find((one) => one.default)?.name;
    const legend = this.state.ground.legends[key];
    return html`${
      raster.styles.length > 1
        ? html`<label>${t("ground.style")}<select name="style" @change=${(event: Event) => changeLaid(key, { style: (event.target as HTMLSelectElement).value })}>
        ${raster.styles.map(({ name }) => html`<option value=${name} ?selected=${name === now}>${word("ground.style", name)}</option>`)}</select></label>`
        : nothing
    }
      ${legend ? legendOf(legend) : nothing}
      ${
        raster.kind === "imagery"
          ? nothing
          : html`<p class="hint">${t("ground.press")}</p><div class="quick"><button type="button" name="profile" @click=${() => drawProfile(raster)}>${t("ground.profile")}</button>
        <button type="button" name="zonal" @click=${() => drawZonal(raster)}>${t("ground.zonal")}</button></div>`
      }`;
  }

  #offered(
    title: "ground.external" | "ground.rasters",
    offered: [key: string, name: string][],
    laid: readonly string[],
  ): TemplateResult | typeof nothing {
    const others = offered.filter(([key]) => !laid.includes(key));
    if (others.length === 0) return nothing;
    return html`<h3>${t(title)}</h3><ul class="layers">${others.map(
      ([key, name]) =>
        html`<li><label title=${t("ground.show", { name })}><input type="checkbox" .checked=${false} data-ground=${key} @change=${() => toggleLaid(key)} /><span class="name">${name}</span></label></li>`,
    )}</ul>`;
  }

  #swipe(found: Raster[]): TemplateResult | typeof nothing {
    const { swipe } = this.state.ground;
    if (found.length < 2) return nothing;
    if (!swipe)
      return html`<button type="button" class="wide" name="swipe" @click=${beginSwipe}>${t("swipe.begin")}</button>`;
    const side = (name: "left" | "right"): TemplateResult =>
      html`<label>${t(`swipe.${name}`)}<select name="swipe-${name}" @change=${(event: Event) => {
        const key = (event.target as HTMLSelectElement).value;
        compare(name === "left" ? key : swipe.left, name === "right" ? key : swipe.right);
      }}>${found.map((one) => html`<option value="raster:${one.id}" ?selected=${swipe[name] === `raster:${one.id}`}>${rasterTitle(one)}</option>`)}</select></label>`;
    return html`<h3>${t("swipe.begin")}</h3><div class="pair">${side("left")}${side("right")}</div>
      <button type="button" class="wide" name="twin-images" @click=${() => this.#twin(found, swipe)}>${t("swipe.twin")}</button>
      <button type="button" class="wide" name="swipe-end" @click=${endSwipe}>${t("swipe.end")}</button>`;
  }

  /** Both images beside each other, each on a map of its own. */
  #twin(found: Raster[], swipe: Swipe): void {
    const side = (key: string) => {
      const raster = found.find(({ id }) => `raster:${id}` === key);
      return { is: "raster" as const, key, label: raster ? rasterTitle(raster) : "" };
    };
    compareTwin({ left: side(swipe.left), right: side(swipe.right) });
  }
}

/** What it is, its name, and of an image when it was taken. */
function rasterTitle({ kind, name, taken_at }: Raster): string {
  return [word("ground.kind", kind), name, taken_at?.slice(0, 10)].filter(Boolean).join(" · ");
}

function legendOf({ entries, unit }: RasterLegend): TemplateResult | typeof nothing {
  if (entries.length === 0) return nothing;
  const mark = rasterUnit(unit);
  return html`<details class="ramp"><summary>${t("ground.legend")}${mark ? ` (${mark})` : ""}</summary><ul>${entries.map(
    ({ color, label, value, from, to }) => html`<li>
      <svg viewBox="0 0 18 14" width="18" height="14" aria-hidden="true">${svg`<rect width="18" height="14" rx="2" fill=${color} />`}</svg>
      ${label ?? (from === null && to === null ? quantity(value) : `${quantity(from)} – ${quantity(to)}`)}</li>`,
  )}</ul></details>`;
}

define("om-ground", GroundPanel);
