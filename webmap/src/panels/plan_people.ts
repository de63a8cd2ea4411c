/** Whom the zones reach: targets in the order of the cloud's arrival, then the rest by layer. */
import { html, nothing, type TemplateResult } from "lit";
import { type Assessment, type Exposed, type ExposedZone, targetCount } from "../api/assessment";
import { focusOn, openCard } from "../store/browse";
import { layerNamed, type State } from "../store/state";
import { count, countdown, distance, people as rounded } from "../text/format";
import { nameOf, t, word } from "../text/i18n";
import { thresholdName } from "../text/zone";
import { exposureSource, figure, level } from "./parts";
import { casualties, domino } from "./plan_harm";
import { symbol } from "./symbol";

const SHOWN = 60;

export function people(plan: Assessment, state: State): TemplateResult {
  const { exposure } = plan;
  return html`<table class="by-zone"><tbody>${exposure.by_zone.map((zone) => zoneRow(plan, zone))}</tbody></table>
    ${casualties(plan)}${domino(plan, state)}${byAction(plan)}
    ${exposure.targets.length === 0 ? html`<p class="hint">${t("people.none")}</p>` : nothing}
    <ul class="targets">${exposure.targets.slice(0, SHOWN).map((target) => targetRow(target, state))}</ul>
    ${targetCount(plan) > SHOWN ? html`<p class="hint">… ${count(targetCount(plan) - SHOWN)}</p>` : nothing}
    ${others(plan, state)}`;
}

/** How many go and how many stay, over all targets and not only those listed. */
function byAction(plan: Assessment): TemplateResult | typeof nothing {
  const rows = Object.entries(plan.exposure.by_action).filter(
    ([, { count: places }]) => places > 0,
  );
  if (rows.length === 0) return nothing;
  return html`<ul class="by-action">${rows.map(
    ([action, tally]) => html`<li><b class="action ${action}">${word("action", action)}</b>
      <span>${t("people.places", { count: count(tally.count) })}</span>
      <span>${t("people.count", { count: rounded(tally.people) })}</span>
      ${tally.people_unknown > 0 ? html`<small>${t("plan.unknownPeople", { count: tally.people_unknown })}</small>` : nothing}</li>`,
  )}</ul>`;
}

function zoneRow(plan: Assessment, zone: ExposedZone): TemplateResult {
  const total = Object.values(zone.layers).reduce((sum, layer) => sum + layer.count, 0);
  return html`<tr><td>${level(zone.level)}</td><td>${zoneName(plan, zone)} <small>${zone.basis === "table" ? t("plan.basis.table") : word("hazard", zone.hazard ?? "")}</small></td>
    <td>${figure(rounded(zone.people), () => exposureSource(plan, word("level", zone.level)))}</td>
    <td><small>${t("people.objects", { count: count(total) })}</small></td></tr>`;
}

/** A zone's row is called what its line on the map is called. */
function zoneName(plan: Assessment, { zone, hazard }: ExposedZone): string {
  const drawn = zone === null ? undefined : plan.zones.features[zone];
  return drawn ? thresholdName(drawn.properties) : word("hazard", hazard ?? "");
}

function targetRow(target: Exposed, state: State): TemplateResult {
  const title = kindTitle(state, "protection_target", target.kind);
  return html`<li class=${state.focus?.id === target.id ? "focused" : ""}>
    <button class="row target" @click=${() => focusOn("protection_target", target.id, target.lon, target.lat)} @dblclick=${() => void openCard("protection_target", target.id)}>
      ${level(target.level ?? "")}${symbol("protection_target", target.kind)}
      <span class="name">${nameOf(target) ?? title}<small>${[title, distance(target.distance_m), target.people === null ? t("people.unknown") : t("people.count", { count: rounded(target.people) })].join(" · ")}</small></span>
      <span class="when"><b class="action ${target.action ?? ""}">${target.action ? word("action", target.action) : ""}</b><small>${arrives(target)}</small></span>
    </button>
    ${target.reason?.text ? html`<p class="reason">${target.reason.text}</p>` : nothing}</li>`;
}

export function arrives(target: Exposed): string {
  if (target.arrival_s === null) return t("people.arrival.unknown");
  return target.arrival_s < 1
    ? t("people.now")
    : `${t("people.arrival")} ${countdown(target.arrival_s)}`;
}

export function kindTitle(state: State, layer: string, kind: string | null): string {
  const fields = layerNamed(state, layer)?.fields ?? [];
  const domain =
    fields.find((field) => field.name === "kind" || field.name === "class")?.domain ?? [];
  return (
    domain.find((entry) => entry.value === kind)?.title ??
    kind ??
    layerNamed(state, layer)?.title ??
    layer
  );
}

/** Everything else inside any zone, each once, by layer. */
function others(plan: Assessment, state: State): TemplateResult | typeof nothing {
  const byLayer = new Map<string, Map<string, Exposed>>();
  for (const zone of plan.exposure.by_zone)
    for (const [layer, { features }] of Object.entries(zone.layers)) {
      if (layer === "protection_target") continue;
      const here = byLayer.get(layer) ?? new Map<string, Exposed>();
      for (const feature of features) here.set(feature.id, feature);
      byLayer.set(layer, here);
    }
  if (byLayer.size === 0) return nothing;
  return html`<h3>${t("people.others")}</h3>${[...byLayer].map(
    ([
      layer,
      features,
    ]) => html`<details><summary>${symbol(layer)} ${layerNamed(state, layer)?.title ?? layer} <b>${count(features.size)}</b></summary>
    <ul>${[...features.values()].map(
      (feature) =>
        html`<li><button class="row" @click=${() => {
          focusOn(layer, feature.id, feature.lon, feature.lat);
          void openCard(layer, feature.id);
        }}><span class="name">${nameOf(feature) ?? t("card.unnamed")}</span><small>${distance(feature.distance_m)}</small></button></li>`,
    )}</ul></details>`,
  )}`;
}
