/** Incidents in the field: what burns, how far its zones reach, what is advised, and how old that is. */
import { html, nothing, type TemplateResult } from "lit";
import type { Assessment } from "../api/assessment";
import type { Incident } from "../api/wire";
import { closeIncident, openIncident } from "../store/incidents";
import { activeIncident, activePlan, openIncidents } from "../store/state";
import { people, stamp } from "../text/format";
import { t, word } from "../text/i18n";
import { thresholdName, zoneReach } from "../text/zone";
import { define, Panel } from "./panel";
import { level } from "./parts";

const ADVICE = 5;

class Brief extends Panel {
  static override reads = ["incidents", "incident", "assessments", "pack"] as const;

  protected override render(): TemplateResult {
    const incident = activeIncident(this.state);
    return incident ? this.#one(incident, activePlan(this.state)) : this.#all();
  }

  #all(): TemplateResult {
    const open = openIncidents(this.state);
    return html`<h2>${t("offline.incidents")}</h2>${this.#asOf()}
      ${open.length === 0 ? html`<p class="hint">${t(this.#leftOut() ? "offline.incidents.left" : "offline.incidents.none")}</p>` : nothing}
      <ul>${open.map((one) => html`<li><button class="row" data-incident=${one.id} @click=${() => void openIncident(one.id)}>${heading(one)}</button></li>`)}</ul>`;
  }

  /** A pack that was made without incidents says nothing of whether there are any. */
  #leftOut(): boolean {
    return this.state.pack?.plans.as_of === null;
  }

  /** In a pack nothing is later than the pack. */
  #asOf(): TemplateResult | typeof nothing {
    const { pack } = this.state;
    if (!pack || this.#leftOut()) return nothing;
    const time = stamp(pack.plans.as_of ?? pack.pack.manifest.made_at);
    return html`<p class="as-of">${t("offline.incidents.asof", { time })}</p>`;
  }

  #one(incident: Incident, plan: Assessment | null): TemplateResult {
    return html`<p><button class="ghost" name="all-incidents" @click=${closeIncident}>${t("offline.incidents.back")}</button></p>
      <h2>${heading(incident)}</h2>${this.#asOf()}
      ${plan ? summary(plan) : html`<p class="hint">${t("offline.incidents.noplan")}</p>`}`;
  }
}

function heading(incident: Incident): TemplateResult {
  return html`<span class="name">${incident.exercise ? html`<span class="badge exercise">${t("incident.exercise")}</span> ` : nothing}${incident.title || word("kind", incident.kind)}
    <small>${[word("kind", incident.kind), incident.substance ?? "", stamp(incident.occurred_at)].filter(Boolean).join(" · ")}</small></span>`;
}

function summary(plan: Assessment): TemplateResult {
  const { zones, exposure, advice, created_at } = plan;
  return html`${created_at ? html`<p class="hint">${t("offline.incidents.plan", { time: stamp(created_at) })}</p>` : nothing}
    <ul class="zones">${zones.features.map(
      ({ properties }) =>
        html`<li>${level(String(properties.level))} <span class="name">${thresholdName(properties)}</span> <b>${zoneReach(properties)}</b></li>`,
    )}</ul>
    ${exposure.people === null ? nothing : html`<p>${t("offline.incidents.people")} <b>${people(exposure.people)}</b></p>`}
    ${
      advice.length > 0
        ? html`<h3>${t("offline.incidents.advice")}</h3><ol class="advice">${advice.slice(0, ADVICE).map(({ text }) => html`<li>${text}</li>`)}</ol>`
        : nothing
    }`;
}

define("om-brief", Brief);
