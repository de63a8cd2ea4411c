/** Each zone with its threshold, reach, area, meaning, and how its line was found. */
import { html, nothing, type TemplateResult } from "lit";
import type { Assessment } from "../api/assessment";
import type { WireFeature } from "../api/wire";
import { sentence } from "../api/wire";
import { fly } from "../store/browse";
import { area, countdown, minutes, people, quantity } from "../text/format";
import { t, word } from "../text/i18n";
import { thresholdName, zoneReach } from "../text/zone";
import { caution } from "./caution";
import { exposureSource, figure, level, zoneSource } from "./parts";
import { adviceRow } from "./plan_situation";

export function zones(plan: Assessment): TemplateResult {
  const { features } = plan.zones;
  if (features.length === 0) return html`<p class="hint">${t("plan.nozones")}</p>`;
  return html`<ul class="zones">${features.map((zone, index) => row(plan, zone, index))}</ul>
    ${plan.reasons.length > 0 ? html`<h3>${t("zone.reasons")}</h3><ol class="reasons">${plan.reasons.map(adviceRow)}</ol>` : nothing}
    ${plan.warnings.length > 0 ? html`<h3>${t("sources.warnings")}</h3>${caution(plan.warnings)}` : nothing}`;
}

function row(plan: Assessment, zone: WireFeature, index: number): TemplateResult {
  const p = zone.properties;
  const source = () => zoneSource(plan, p);
  const inside =
    plan.exposure.by_zone.find((entry) => entry.zone === index) ?? plan.exposure.by_zone[index];
  const action = p.action === undefined || p.action === null ? null : sentence(p.action, "action");
  return html`<li class="zone ${String(p.level)}" @click=${() => fly({ to: "plan" })}>
    <header>${level(String(p.level))}<b>${thresholdName(p)}</b><span>${word("hazard", String(p.hazard))}</span>${figure(zoneReach(p), source, "reach")}</header>
    <dl class="fields">
      ${
        typeof p.threshold === "number"
          ? html`<dt>${t("zone.threshold")}</dt><dd>${figure(quantity(p.threshold, typeof p.unit === "string" ? p.unit : null), source)}</dd>`
          : nothing
      }
      ${typeof p.averaging_s === "number" ? html`<dt>${t("zone.averaging")}</dt><dd>${minutes(p.averaging_s)}</dd>` : nothing}
      ${passage(p)}
      <dt>${t("zone.area")}</dt><dd>${figure(area(num(p.area_m2)), source)}</dd>
      <dt>${t("zone.people")}</dt><dd>${inside ? figure(people(inside.people), () => exposureSource(plan, t("zone.people"))) : "—"}</dd>
    </dl>
    ${action?.text ? html`<p>${action.text}</p>` : nothing}
    <p class="notes">${p.basis === "table" ? html`<span class="dashed">${t("plan.basis.table")}</span>` : html`<span>${t("plan.basis.model")}</span>`}
      ${p.shape === "circle" && p.threshold_name !== "isolation" ? html`<span>${t("plan.circle")}</span>` : nothing}
      ${p.cut === "range" ? html`<span class="cut">${t("plan.cut.range")}</span>` : nothing}${p.cut === "time" ? html`<span class="cut">${t("plan.cut.time")}</span>` : nothing}</p>
  </li>`;
}

/** When it reaches the far end of its zone and has left all of it; heat lasts where it is. */
function passage({ arrives_s, passed_s, hazard }: WireFeature["properties"]): TemplateResult {
  const moves = hazard === "toxic" || hazard === "flammable";
  const end = moves ? t("zone.passed") : t("zone.lasts");
  return html`${typeof arrives_s === "number" ? html`<dt>${t("zone.arrives")}</dt><dd>${since(arrives_s)}</dd>` : nothing}
    ${typeof passed_s === "number" ? html`<dt>${end}</dt><dd>${moves ? since(passed_s) : countdown(passed_s)}</dd>` : nothing}`;
}

/** A moment of the cloud's life: after how long. */
function since(seconds: number): string {
  return t("zone.since", { after: countdown(seconds) });
}

function num(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
