/** What is selected: its words and look, its place in the pile, and what can be done with it. */
import { html, nothing, type TemplateResult } from "lit";
import type { Fields, Plot } from "../api/plots";
import { copy, paste } from "../store/plot_clip";
import { change, group, lock, remove, toBack, toFront, ungroup } from "../store/plot_edit";
import { shiftBy } from "../store/plot_move";
import { plotStore, selected, theOne } from "../store/plot_state";
import { store } from "../store/state";
import { area, distance } from "../text/format";
import { t, word } from "../text/i18n";
import { define } from "./panel";
import { plotIcon } from "./plot_icons";
import { inputOf, PlotPanel } from "./plot_panel";

const COLOURS = [
  "#e5343d",
  "#ff8c1a",
  "#ffd23f",
  "#34d399",
  "#38bdf8",
  "#2f80ed",
  "#c4b5fd",
  "#f472b6",
  "#ffffff",
  "#0b1220",
] as const;
const DASHES = ["", "8,4", "2,4", "12,4,2,4"] as const;
const CORDONS = ["hot", "warm", "cold"] as const;

/** Numbers by kind: their name, bounds and step. */
const NUMBERS: Readonly<
  Record<string, readonly [name: string, min: number, max: number, step: number][]>
> = {
  circle: [["radius_m", 1, 1_000_000, 1]],
  sector: [
    ["radius_m", 1, 1_000_000, 1],
    ["from_deg", 0, 360, 1],
    ["to_deg", 0, 360, 1],
  ],
  rectangle: [["rotation_deg", -360, 360, 1]],
  point: [
    ["size", 16, 96, 4],
    ["rotation_deg", -360, 360, 5],
  ],
  text: [
    ["size", 8, 96, 1],
    ["rotation_deg", -360, 360, 5],
  ],
};
const POINTS: ReadonlySet<string> = new Set(["point", "text"]);
const LINES: ReadonlySet<string> = new Set(["line", "evacuation", "dimension"]);

/** Copies lie so far aside, px. */
const ASIDE_PX = 24;

export function pasteAside(): void {
  paste(shiftBy(ASIDE_PX, ASIDE_PX, store.state.view?.zoom ?? 14));
}

class PlotForm extends PlotPanel {
  static override reads = ["view"] as const;
  static override plots = ["selection", "plots"] as const;

  protected override render(): TemplateResult | typeof nothing {
    const chosen = selected(this.plots);
    const [first] = chosen;
    if (!first) return nothing;
    const only = theOne(this.plots);
    const locked = chosen.every((plot) => plot.locked);
    return html`<section class="plot-form" aria-label=${t("plot.selected")}>
      <h3>${plotIcon(first)} ${only ? word("plot.kind", only.kind) : t("plot.many", { count: chosen.length })}${locked ? html` <span class="tag">${t("plot.locked")}</span>` : nothing}</h3>
      ${only ? this.#who(only) : nothing}
      <fieldset ?disabled=${locked}>${only ? this.#words(only) : nothing}${this.#look(chosen)}${only ? this.#numbers(only) : nothing}</fieldset>
      ${this.#deeds(chosen, locked)}</section>`;
  }

  #who({ created_by, updated_by, version, measured, closure, from_plan }: Plot): TemplateResult {
    const figures = [
      typeof measured.length_m === "number" ? distance(measured.length_m) : "",
      typeof measured.area_m2 === "number" ? area(measured.area_m2) : "",
    ].filter(Boolean);
    return html`<p class="hint">${[...figures, t("plot.by", { name: updated_by ?? created_by ?? "—", version })].join(" · ")}
      ${closure ? html`<span class="tag">${t("plot.closes")}</span>` : nothing}
      ${from_plan ? html`<span class="tag">${t("plot.fromPlan")}</span>` : nothing}</p>`;
  }

  #set(set: Fields): void {
    change(selected(plotStore.state), () => set);
  }

  #text(plot: Plot, name: "label" | "text" | "note", long: boolean): TemplateResult {
    const value = String(plot.properties[name] ?? "");
    const keep = (event: Event): void => this.#set({ [name]: inputOf(event).value || null });
    return html`<label>${t(`plot.field.${name}`)}${
      long
        ? html`<textarea name=${name} rows="2" maxlength="2000" .value=${value} @change=${keep}></textarea>`
        : html`<input name=${name} maxlength="200" autocomplete="off" .value=${value} @change=${keep} />`
    }</label>`;
  }

  #words(plot: Plot): TemplateResult {
    return html`${plot.kind === "text" ? this.#text(plot, "text", true) : this.#text(plot, "label", false)}
      ${this.#text(plot, "note", true)}
      ${
        plot.kind === "cordon"
          ? html`<label>${t("plot.field.cordon")}<select name="cordon" @change=${(event: Event) => this.#set({ cordon: inputOf(event).value })}>
        ${CORDONS.map((name) => html`<option value=${name} ?selected=${name === (plot.properties.cordon ?? "warm")}>${word("plot.cordon", name)}</option>`)}</select></label>`
          : nothing
      }`;
  }

  #swatches(name: "colour" | "fill", now: unknown): TemplateResult {
    return html`<div class="swatches" role="group" aria-label=${t(`plot.field.${name}`)}><span>${t(`plot.field.${name}`)}</span>
      ${COLOURS.map((colour) => html`<button type="button" name="${name}-${colour.slice(1)}" aria-label="${t(`plot.field.${name}`)} ${colour}" aria-pressed=${now === colour} @click=${() => this.#set({ [name]: colour })}><svg viewBox="0 0 16 16" width="22" height="22" aria-hidden="true"><rect width="16" height="16" rx="3" fill=${colour} /></svg></button>`)}</div>`;
  }

  #look(chosen: readonly Plot[]): TemplateResult {
    const [{ properties } = { properties: {} as Fields }] = chosen;
    const lines = chosen.some(({ kind }) => !POINTS.has(kind));
    const areas = chosen.some(
      ({ kind }) => !POINTS.has(kind) && !LINES.has(kind) && kind !== "roadblock",
    );
    return html`${this.#swatches("colour", properties.colour)}
      ${areas ? this.#swatches("fill", properties.fill) : nothing}
      ${
        lines
          ? html`<div class="pair"><label>${t("plot.field.width_px")}<input type="number" name="width_px" min="0.5" max="40" step="0.5" .value=${String(properties.width_px ?? 2)} @change=${(event: Event) => this.#number("width_px", event)} /></label>
      <label>${t("plot.field.dash")}<select name="dash" @change=${(event: Event) => this.#set({ dash: inputOf(event).value || null })}>
        ${DASHES.map((dash) => html`<option value=${dash} ?selected=${dash === (properties.dash ?? "")}>${word("plot.dash", dash || "none")}</option>`)}</select></label></div>`
          : nothing
      }
      ${
        areas
          ? html`<label class="range">${t("plot.field.fill_opacity")}<input type="range" name="fill_opacity" min="0" max="1" step="0.05" .value=${String(properties.fill_opacity ?? 0.18)} @change=${(event: Event) => this.#number("fill_opacity", event)} /></label>`
          : nothing
      }`;
  }

  #number(name: string, event: Event): void {
    const input = inputOf(event);
    if (input.value !== "" && input.reportValidity()) this.#set({ [name]: input.valueAsNumber });
  }

  #numbers({ kind, properties }: Plot): TemplateResult | typeof nothing {
    const fields = NUMBERS[kind];
    if (!fields) return nothing;
    return html`<div class="pair">${fields.map(
      ([name, min, max, step]) =>
        html`<label>${word("plot.field", name)}<input type="number" name=${name} min=${min} max=${max} step=${step < 1 ? step : "any"} .value=${String(properties[name] ?? (name === "size" ? (kind === "text" ? 18 : 32) : 0))} @change=${(event: Event) => this.#number(name, event)} /></label>`,
    )}</div>`;
  }

  #deeds(chosen: readonly Plot[], locked: boolean): TemplateResult {
    const grouped = chosen.some(({ group: id }) => id !== null);
    const button = (name: string, act: () => void, disabled = false): TemplateResult =>
      html`<button type="button" name="plot-${name}" ?disabled=${disabled} @click=${act}>${word("plot.do", name)}</button>`;
    return html`<div class="plot-deeds">
      ${button("front", () => toFront(chosen), locked)}${button("back", () => toBack(chosen), locked)}
      ${button(locked ? "unlock" : "lock", () => lock(chosen, !locked))}
      ${grouped ? button("ungroup", () => ungroup(chosen), locked) : button("group", () => group(chosen), locked || chosen.length < 2)}
      ${button("copy", () => {
        copy();
        pasteAside();
      })}
      ${button("remove", () => remove(chosen), locked)}</div>`;
  }
}

define("om-plot-form", PlotForm);
