/** What a raster answered: a value at a place, a profile along a line, figures of an area. */
import { html, nothing, svg, type TemplateResult } from "lit";
import type { Profile, Raster, RasterValue, Zonal } from "../api/ground";
import { closeReading } from "../store/reading";
import { area, count, DASH, distance, place, quantity } from "../text/format";
import { t, word } from "../text/i18n";
import { rasterUnit } from "../text/raster_unit";
import { ICONS } from "./icons";
import { define, Panel } from "./panel";

const WIDE = 560;
const HIGH = 130;

class ReadingPanel extends Panel {
  static override reads = ["reading", "ground"] as const;

  protected override render(): TemplateResult | typeof nothing {
    const { reading } = this.state;
    if (!reading) return nothing;
    const raster = this.state.ground.rasters.find(({ id }) => id === reading.raster);
    if (!raster) return nothing;
    return html`<section class="reading ${reading.of}" role="status"><header><h3>${[word("ground.kind", raster.kind), raster.name].filter(Boolean).join(" · ")}</h3>
      <button class="ghost" aria-label=${t("reading.close")} @click=${closeReading}>${ICONS.close}</button></header>${this.#answer(raster)}</section>`;
  }

  #answer(raster: Raster): TemplateResult {
    const { reading } = this.state;
    if (!reading?.answer) return html`<p class="hint">${t("reading.waiting")}</p>`;
    switch (reading.of) {
      case "value":
        return html`<p><b>${valueText(reading.answer)}</b> <small>${place(reading.lon, reading.lat)}</small></p>`;
      case "profile":
        return profile(reading.answer);
      case "zonal":
        return zonal(reading.answer, raster);
    }
  }
}

function valueText({ value, unit, label, color, reason }: RasterValue): string {
  if (reason === "outside") return t("reading.outside");
  if (label) return label;
  if (value === null) return color ?? t("reading.noData");
  return quantity(value, rasterUnit(unit));
}

function figures(pairs: readonly (readonly [name: string, value: string])[]): TemplateResult {
  return html`<dl class="fields">${pairs
    .filter(([, value]) => value !== DASH)
    .map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function profile(answer: Profile): TemplateResult {
  const unit = rasterUnit(answer.unit);
  return html`${chart(answer)}${figures([
    [t("reading.length"), distance(answer.length_m)],
    [t("reading.low"), quantity(answer.low, unit)],
    [t("reading.high"), quantity(answer.high, unit)],
    [t("reading.ascent"), quantity(answer.ascent, unit)],
    [t("reading.descent"), quantity(answer.descent, unit)],
  ])}`;
}

/** The line of a profile; where there is no data it is broken, not drawn to zero. */
export function profilePath({ points, length_m }: Profile): {
  path: string;
  low: number;
  high: number;
} {
  const known = points.flatMap(({ value }) => (value === null ? [] : [value]));
  const low = Math.min(...known);
  const high = Math.max(...known);
  const x = (at: number): string => ((at / (length_m || 1)) * WIDE).toFixed(1);
  const y = (value: number): string =>
    (HIGH - ((value - low) / (high - low || 1)) * HIGH).toFixed(1);
  let broken = true;
  const steps = points.flatMap(({ distance_m, value }) => {
    const step = value === null ? [] : [`${broken ? "M" : "L"}${x(distance_m)} ${y(value)}`];
    broken = value === null;
    return step;
  });
  return { path: steps.join(""), low, high };
}

function chart(answer: Profile): TemplateResult {
  const { path, low, high } = profilePath(answer);
  if (path === "") return html`<p class="hint">${t("reading.noData")}</p>`;
  return html`<svg class="profile-chart" viewBox="-6 -10 ${WIDE + 12} ${HIGH + 34}" role="img" aria-label=${t("reading.chart")}>
    ${svg`<path class="axis" d="M0 0V${HIGH}H${WIDE}" /><path class="line" d=${path} />
    <text x="4" y="2">${quantity(high, rasterUnit(answer.unit))}</text><text x="4" y=${HIGH - 4}>${quantity(low, rasterUnit(answer.unit))}</text>
    <text class="far" x=${WIDE} y=${HIGH + 16}>${distance(answer.length_m)}</text><text x="0" y=${HIGH + 16}>0</text>`}</svg>`;
}

function zonal(answer: Zonal, raster: Raster): TemplateResult {
  const unit = rasterUnit(answer.unit);
  const share = answer.covered_share;
  const classes = answer.classes.length > 0;
  // Of people and of people on a square kilometre alike the sum is people.
  return html`${figures([
    [t("reading.area"), area(answer.area_km2 === null ? null : answer.area_km2 * 1e6)],
    [t("reading.covered"), share === null ? DASH : `${Math.round(share * 100)} %`],
    [
      t("reading.sum"),
      raster.kind === "population" ? quantity(answer.sum, rasterUnit("people")) : DASH,
    ],
    [t("reading.mean"), classes ? DASH : quantity(answer.mean, unit)],
    [t("reading.low"), classes ? DASH : quantity(answer.minimum, unit)],
    [t("reading.high"), classes ? DASH : quantity(answer.maximum, unit)],
    [t("reading.stdev"), classes ? DASH : quantity(answer.stdev, unit)],
    [t("reading.pixels"), count(answer.count)],
  ])}
  ${classes ? figures(answer.classes.map((one) => [one.label ?? String(one.value ?? DASH), `${(one.share * 100).toFixed(1)} %`])) : nothing}`;
}

define("om-reading", ReadingPanel);
