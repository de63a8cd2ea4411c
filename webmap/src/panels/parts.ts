/** Small pieces that panels share: level badge, number with its source, symbol, tag. */
import { html, type TemplateResult } from "lit";
import type { Assessment } from "../api/assessment";
import { showSource } from "../store/browse";
import type { SourceNote } from "../store/state";
import { cited } from "../text/citation";
import { localTime, NUMERALS, quantity } from "../text/format";
import { t, word } from "../text/i18n";
import { thresholdName } from "../text/zone";

export function level(name: string): TemplateResult {
  return html`<span class="level ${name}" title=${word("level", name)}>${NUMERALS[name] ?? "·"}</span>`;
}

export function tag(name: string): TemplateResult {
  return html`<span class="tag ${name}">${word("tag", name)}</span>`;
}

/** A number that opens its source when pressed. */
export function figure(
  value: string,
  source: () => Omit<SourceNote, "value">,
  className = "",
): TemplateResult {
  return html`<button type="button" class="figure ${className}" title=${t("sources.open")}
    @click=${(event: Event) => {
      event.stopPropagation();
      showSource({ value, ...source() });
    }}>${value}</button>`;
}

/** What stands behind a zone's numbers. */
export function zoneSource(
  plan: Assessment,
  properties: Record<string, unknown>,
): Omit<SourceNote, "value"> {
  // A model is named with its coefficient set ("gaussian_plume/briggs_rural"), a table is not.
  const [model = "", set = ""] = String(properties.model ?? "").split("/");
  const threshold = [...new Set([thresholdName(properties), thresholdValue(properties)])].join(" ");
  const from = properties.threshold_source;
  return {
    title: `${word("level", String(properties.level))} · ${word("hazard", String(properties.hazard))}`,
    models: plan.models.filter((entry) => entry.name === model).length > 0 ? [model] : [],
    lines: [
      `${t("zone.threshold")} ${threshold}`,
      typeof from === "string" ? cited(from) : "",
      [word("model", model), set].filter(Boolean).join(" · "),
    ].filter(Boolean),
  };
}

function thresholdValue({ threshold, unit }: Record<string, unknown>): string {
  return typeof threshold === "number"
    ? quantity(threshold, typeof unit === "string" ? unit : null)
    : "";
}

export function exposureSource(plan: Assessment, title: string): Omit<SourceNote, "value"> {
  const period = plan.exposure.period === "night" ? t("night") : t("day");
  const hours = plan.exposure.local_time ? [localTime(plan.exposure.local_time)] : [];
  return {
    title,
    models: plan.models.map(({ name }) => name),
    lines: [t("source.exposure", { period }), ...hours],
  };
}
