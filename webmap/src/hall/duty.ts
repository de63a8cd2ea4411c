/** The wall at rest: who is there to come, and what every station sees. */
import { html, nothing, type TemplateResult } from "lit";
import type { Observed } from "../api/walls";
import { define } from "../panels/panel";
import { kindTitle } from "../panels/plan_people";
import { symbol } from "../panels/symbol";
import { compass, count, quantity } from "../text/format";
import { nameOf, t, word } from "../text/i18n";
import { RestPanel } from "./rest";

const STATIONS = 4;

class HallDuty extends RestPanel {
  static override reads = ["incidents", "layers"] as const;
  static override wallReads = ["teams"] as const;

  protected atRest(): TemplateResult | typeof nothing {
    const teams = this.wall.teams ?? [];
    if (teams.length === 0) return nothing;
    const all = teams.reduce((sum, one) => sum + one.count, 0);
    return html`<h2>${t("hall.duty")} <small>${t("hall.duty.teams", { count: count(all) })}</small></h2>
      <ul class="hall-rows" data-gives="2" data-keeps="4">${teams.map(
        (
          one,
        ) => html`<li>${symbol("team", one.kind, 36)}<span>${kindTitle(this.state, "team", one.kind)}</span>
        ${one.people === null ? nothing : html`<small>${t("hall.ranking.people", { count: count(one.people) })}</small>`}<b>${count(one.count)}</b></li>`,
      )}</ul>`;
  }
}

class HallWeather extends RestPanel {
  static override reads = ["incidents"] as const;
  static override wallReads = ["lately"] as const;

  protected atRest(): TemplateResult | typeof nothing {
    const stations = new Map<string, Observed[]>();
    for (const one of this.wall.lately?.weather ?? [])
      stations.set(one.station, [...(stations.get(one.station) ?? []), one]);
    if (stations.size === 0) return nothing;
    return html`<h2>${t("hall.weather")}</h2>
      <ul class="hall-rows" data-gives="3" data-keeps="1">${[...stations.values()]
        .slice(0, STATIONS)
        .map(
          (seen) =>
            html`<li><span>${seen[0] ? nameOf(seen[0]) : ""}<small>${said(seen)}</small></span></li>`,
        )}</ul>`;
  }
}

/** What one station sees: wind, warmth, humidity, rain, as far as it measures them. */
function said(seen: readonly Observed[]): string {
  const of = (name: string): Observed | undefined =>
    seen.find(({ quantity: what }) => what === name);
  const [speed, from] = [of("wind_speed"), of("wind_from")];
  const wind =
    speed && from
      ? t("wind.said", {
          from: word("compass", compass(from.value)),
          speed: quantity(speed.value),
        })
      : "";
  const rest = ["temperature", "humidity", "rain"].map((name) => {
    const one = of(name);
    return one ? quantity(one.value, one.unit) : "";
  });
  return [wind, ...rest].filter(Boolean).join(" · ");
}

define("om-hall-duty", HallDuty);
define("om-hall-weather", HallWeather);
