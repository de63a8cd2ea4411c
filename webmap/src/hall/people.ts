/** Who is in danger: people by ring, what the cloud reaches next, and what is only assumed. */
import { html, nothing, type TemplateResult } from "lit";
import { type Assessment, type Exposed, targetCount } from "../api/assessment";
import type { Incident } from "../api/wire";
import { define } from "../panels/panel";
import { level } from "../panels/parts";
import { kindTitle } from "../panels/plan_people";
import { inputValue } from "../panels/plan_sources";
import { activeIncident, activePlan } from "../store/state";
import { area, count, countdown, people } from "../text/format";
import { nameOf, t, word } from "../text/i18n";
import { thresholdName, zoneReach } from "../text/zone";
import { WallPanel } from "./panel";

const LEVELS = ["red", "orange", "yellow", "blue"];
const NEXT = 10;

class HallPeople extends WallPanel {
  static override reads = ["incident", "incidents", "assessments", "layers"] as const;

  protected override render(): TemplateResult | typeof nothing {
    const plan = activePlan(this.state);
    const incident = activeIncident(this.state);
    if (!incident) return nothing;
    if (!plan) return html`<h2>${t("hall.people")}</h2><p class="rest">${t("hall.noPlan")}</p>`;
    const unknown = plan.exposure.people_unknown;
    return html`<h2>${t("hall.people")}</h2><p class="huge">${people(plan.exposure.people)}</p>
      ${unknown > 0 ? html`<p class="rest">${t("plan.unknownPeople", { count: unknown })}</p>` : nothing}
      <ul class="rings">${rings(plan).map(
        (ring) =>
          html`<li>${level(ring.name)}<span>${whole(ring.titles, "/")}<small>${whole(ring.reach, "·")}</small></span><b>${ring.more}${people(ring.people)}</b></li>`,
      )}</ul>`;
  }
}

interface Ring {
  name: string;
  /** The thresholds that are drawn in its colour, as their lines on the map are called. */
  titles: readonly string[];
  /** How far it goes, "at least" where it was cut, and how large it is. */
  reach: readonly string[];
  people: number;
  more: string;
}

/** Pieces in a row that break between them only: "AEGL-2" and "12.1 km²" are read as one. */
const whole = (pieces: readonly string[], between: string): TemplateResult =>
  html`${pieces.map((piece, at) => html`<span class="whole">${piece}${at < pieces.length - 1 ? ` ${between}` : ""}</span> `)}`;

/** People by the worst zone that each target lies in: the rows add up to the whole. */
function rings(plan: Assessment): Ring[] {
  const { targets } = plan.exposure;
  // A list that was cut counts at least so many.
  const more = targetCount(plan) > targets.length ? "≥ " : "";
  return LEVELS.filter((name) =>
    plan.zones.features.some(({ properties }) => properties.level === name),
  ).map((name) => ({
    name,
    titles: titles(plan, name),
    reach: farthest(plan, name),
    people: targets
      .filter((one) => one.level === name)
      .reduce((sum, one) => sum + (one.people ?? 0), 0),
    more,
  }));
}

function titles({ zones }: Assessment, name: string): readonly string[] {
  const here = zones.features.filter(({ properties }) => properties.level === name);
  return [...new Set(here.map(({ properties }) => thresholdName(properties)))];
}

function farthest({ zones }: Assessment, name: string): readonly string[] {
  const here = zones.features
    .map(({ properties }) => properties)
    .filter((one) => one.level === name)
    .sort((one, other) => Number(other.distance_m ?? 0) - Number(one.distance_m ?? 0));
  const [first] = here;
  if (!first) return [];
  const size = Number(first.area_m2 ?? 0);
  return [zoneReach(first), size > 0 ? area(size) : ""].filter(Boolean);
}

/** What is reached next, counted down; what has been reached is only counted. */
class HallNext extends WallPanel {
  static override reads = [
    "incident",
    "incidents",
    "assessments",
    "layers",
    "now",
    "skew_ms",
  ] as const;

  protected override render(): TemplateResult | typeof nothing {
    const plan = activePlan(this.state);
    const incident = activeIncident(this.state);
    if (!plan || !incident || plan.exposure.targets.length === 0) return nothing;
    const begun = Date.parse(incident.occurred_at);
    const left = (one: Exposed): number =>
      (begun + Number(one.arrival_s) * 1000 - this.serverNow) / 1000;
    const timed = plan.exposure.targets.filter(({ arrival_s }) => arrival_s !== null);
    const next = timed.filter((one) => left(one) > 0).sort((a, b) => left(a) - left(b));
    const reached = timed.length - next.length;
    const rows = next.length > 0 ? next : plan.exposure.targets;
    return html`<h2>${next.length > 0 ? t("hall.next") : t("hall.reached")}
        ${reached > 0 ? html`<small>${t("hall.reached.count", { count: reached })}</small>` : nothing}</h2>
      <ul class="hall-rows next" data-gives="2" data-keeps="2">${rows.slice(0, NEXT).map((one) => this.#row(one, incident, left(one)))}</ul>`;
  }

  #row(target: Exposed, _: Incident, left_s: number): TemplateResult {
    const title = kindTitle(this.state, "protection_target", target.kind);
    return html`<li>${level(target.level ?? "")}<span>${nameOf(target) ?? title}
        <small>${target.people === null ? t("people.unknown") : t("people.count", { count: people(target.people) })}</small>
        ${target.action ? html`<b class="action ${target.action}">${word("action", target.action)}</b>` : nothing}</span>
      ${target.arrival_s !== null && left_s > 0 ? html`<time>${countdown(left_s)}</time>` : nothing}</li>`;
  }
}

/** What nobody has measured or reported: every figure of the plan hangs on it. */
class HallAssumed extends WallPanel {
  static override reads = ["incident", "assessments"] as const;

  protected override render(): TemplateResult | typeof nothing {
    const plan = activePlan(this.state);
    const assumed = (plan?.assumed ?? []).filter(({ tag }) => tag === "assumed");
    if (assumed.length === 0) return nothing;
    return html`<h2 class="amber">${t("hall.assumed", { count: count(assumed.length) })}</h2>
      <ul class="hall-rows amber" data-gives="9">${assumed.map(
        (one) =>
          html`<li><span>${one.title ?? word("input", one.field)}</span><b>${inputValue(one)}</b></li>`,
      )}</ul>`;
  }
}

define("om-hall-people", HallPeople);
define("om-hall-next", HallNext);
define("om-hall-assumed", HallAssumed);
