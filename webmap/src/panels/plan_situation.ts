/** How bad, what to do now, who comes, what is missing: in this order, on one screen. */
import { html, nothing, type TemplateResult } from "lit";
import { type Arrival, type Assessment, targetCount } from "../api/assessment";
import type { Incident, Message } from "../api/wire";
import { showTab } from "../store/browse";
import type { State } from "../store/state";
import { cited } from "../text/citation";
import { count, people } from "../text/format";
import { t, word } from "../text/i18n";
import { thresholdName, zoneReach } from "../text/zone";
import { arrivalRow } from "./arrival";
import { exposureSource, figure, level, zoneSource } from "./parts";
import { wind } from "./wind";

export function situation(plan: Assessment, incident: Incident, state: State): TemplateResult {
  const failed = plan.steps.filter((step) => step.status === "failed");
  return html`
    ${headline(plan)}
    ${
      failed.length > 0
        ? html`<div class="failed"><b>${t("plan.failed.steps", { count: failed.length })}</b>
      <ul>${failed.map((step) => html`<li>${t("plan.step.said", { step: word("step.name", step.name), reason: step.reason?.text || step.reason?.code || "" })}</li>`)}</ul></div>`
        : nothing
    }
    <h3>${t("plan.now")}</h3>
    <ol class="advice">${plan.advice.slice(0, 3).map(adviceRow)}</ol>
    ${plan.advice.length > 3 ? html`<details><summary>${t("plan.counted", { label: t("plan.moreAdvice"), count: plan.advice.length - 3 })}</summary><ol class="advice" start="4">${plan.advice.slice(3).map(adviceRow)}</ol></details>` : nothing}
    <h3>${t("plan.coming")}</h3>
    <ul class="arrivals">${first(plan).map((arrival) => arrivalRow(arrival, incident, state))}</ul>
    ${first(plan).length === 0 ? html`<p class="hint">${t("forces.none")}</p>` : nothing}
    ${missing(plan)}`;
}

function headline(plan: Assessment): TemplateResult {
  const { exposure, zones } = plan;
  const farthest = zones.features.reduce<(typeof zones.features)[number] | null>(
    (best, zone) =>
      Number(zone.properties.distance_m) > Number(best?.properties.distance_m ?? -1) ? zone : best,
    null,
  );
  return html`<div class="headline">
      <div><small>${t("plan.exposedPeople")}</small>${figure(people(exposure.people), () => exposureSource(plan, t("plan.exposedPeople")), "big")}
        ${exposure.period ? html`<small>${exposure.period === "night" ? t("plan.atPeriod.night") : t("plan.atPeriod.day")}</small>` : nothing}</div>
      <div><small>${t("plan.targets")}</small>${figure(count(targetCount(plan)), () => exposureSource(plan, t("plan.targets")), "big")}
        ${exposure.people_unknown > 0 ? html`<small>${t("plan.unknownPeople", { count: exposure.people_unknown })}</small>` : nothing}</div>
      <div><small>${t("plan.reach")}</small>${farthest ? figure(zoneReach(farthest.properties), () => zoneSource(plan, farthest.properties), "big") : "—"}</div>
    </div>
    <p class="plan-wind">${wind(plan)}</p>
    ${
      zones.features.length === 0
        ? html`<p class="hint">${t("plan.nozones")}</p>`
        : html`<ul class="chips">${zones.features.map(
            (zone) => html`<li>
      <button class="chip" @click=${() => showTab("zones")}>${level(String(zone.properties.level))}<span>${thresholdName(zone.properties)}</span><b>${zoneReach(zone.properties)}</b></button></li>`,
          )}</ul>`
    }`;
}

/** First arrivals: the two fastest teams and the fastest hospital, then whoever is next. */
function first(plan: Assessment): Arrival[] {
  const timed = plan.nearest.filter(({ travel_time_s }) => travel_time_s !== null);
  const pool = timed.length > 0 ? timed : plan.nearest;
  const teams = pool.filter(({ layer }) => layer === "team").slice(0, 3);
  const others = pool.filter(({ layer }) => layer !== "team").slice(0, 2);
  return [...teams, ...others];
}

export function adviceRow(line: Message): TemplateResult {
  return html`<li>${line.text || line.code}${line.source ? html` <cite>${cited(line.source)}</cite>` : nothing}</li>`;
}

function missing(plan: Assessment): TemplateResult | typeof nothing {
  const assumed = plan.assumed.filter(({ tag }) => tag === "assumed");
  if (plan.missing.length === 0 && assumed.length === 0) return nothing;
  return html`<h3>${t("plan.missing")}</h3>
    <ul class="missing">${plan.missing.map((line) => html`<li>${line.text || line.code}</li>`)}</ul>
    ${assumed.length > 0 ? html`<button class="link-button" @click=${() => showTab("sources")}>${t("plan.counted", { label: t("plan.assumed"), count: assumed.length })}</button>` : nothing}`;
}
