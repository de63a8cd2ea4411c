/** The head of the wall: site, time, wind, and the incident with its clock. */
import { html, nothing, type TemplateResult } from "lit";
import type { Incident } from "../api/wire";
import { define } from "../panels/panel";
import { wind } from "../panels/wind";
import { activeIncident, activePlan } from "../store/state";
import { clock, compass, day, elapsed, quantity } from "../text/format";
import { nameOf, t, word } from "../text/i18n";
import { graveness } from "./grade";
import { WallPanel } from "./panel";

class HallHead extends WallPanel {
  static override reads = [
    "session",
    "now",
    "skew_ms",
    "incident",
    "incidents",
    "assessments",
    "replay",
  ] as const;
  static override wallReads = ["lately"] as const;

  protected override render(): TemplateResult {
    const { session } = this.state;
    const site = session?.site;
    const now = this.serverNow;
    const incident = activeIncident(this.state);
    // While something happens the room knows where it is: what has happened needs the width.
    const said = [
      incident ? "" : t("hall.title"),
      site?.fictional ? t("site.fictional") : "",
      session?.demo ? t("site.demo") : "",
    ];
    return html`<span class="site"><b>${site ? nameOf(site) : ""}</b>
        <small>${said.filter(Boolean).join(" · ")}</small></span>
      <span class="now">${this.state.replay ? html`<b class="looking-back">${t("hall.past")}</b>` : nothing}<time>${clock(now)}</time><small>${day(now)}</small></span>
      <span class="sky">${this.#sky()}</span>
      ${incident ? this.#case(incident, now) : html`<span class="case quiet"><i class="mark good"></i>${t("hall.quiet")}</span>`}`;
  }

  #case(incident: Incident, now: number): TemplateResult {
    return html`<span class="case ${incident.exercise ? "exercise" : ""}">
      ${incident.exercise ? html`<b class="exercise-word">${t("incident.exercise")}</b>` : nothing}
      ${graveness(incident) ?? nothing}
      <b class="title">${incident.title || word("kind", incident.kind)}</b>
      <time class="since">${elapsed((now - Date.parse(incident.occurred_at)) / 1000)}</time></span>`;
  }

  /** The plan's own wind while there is one, else what the stations see. */
  #sky(): TemplateResult | typeof nothing {
    const plan = activePlan(this.state);
    if (plan) return html`<b>${wind(plan)}</b>`;
    const seen = this.wall.lately?.weather ?? [];
    const [first] = seen;
    if (!first) return html`<small>${t("hall.weather.none")}</small>`;
    const of = (name: string) =>
      seen.find(({ station, quantity: what }) => station === first.station && what === name);
    const [speed, from, warmth] = [of("wind_speed"), of("wind_from"), of("temperature")];
    const blows =
      speed && from
        ? t("wind.said", {
            from: word("compass", compass(from.value)),
            speed: quantity(speed.value),
          })
        : "";
    return html`<b>${[blows, warmth ? quantity(warmth.value, warmth.unit) : ""].filter(Boolean).join(" · ")}</b>
      <small>${nameOf(first)}</small>`;
  }
}

define("om-hall-head", HallHead);
