/** Who comes, by which road, and when they are there. */
import { html, nothing, type TemplateResult } from "lit";
import type { Arrival, Assessment } from "../api/assessment";
import type { Incident } from "../api/wire";
import { fly, focusOn } from "../store/browse";
import { activeIncident, type State } from "../store/state";
import { clock, countdown, distance } from "../text/format";
import { nameOf, t, word } from "../text/i18n";
import { figure } from "./parts";
import { kindTitle } from "./plan_people";
import { symbol } from "./symbol";

const MEDICAL = new Set(["hospital", "clinic"]);

export function forces(plan: Assessment, state: State): TemplateResult {
  const incident = activeIncident(state);
  const groups = [
    [t("forces.teams"), plan.nearest.filter(({ layer }) => layer === "team")],
    [
      t("forces.medical"),
      plan.nearest.filter(({ layer, kind }) => layer === "resource" && MEDICAL.has(kind ?? "")),
    ],
    [
      t("forces.depots"),
      plan.nearest.filter(({ layer, kind }) => layer === "resource" && !MEDICAL.has(kind ?? "")),
    ],
  ] as const;
  return html`${groups.map(
    ([title, arrivals]) => html`<h3>${title}</h3>
      ${arrivals.length === 0 ? html`<p class="hint">${t("forces.none")}</p>` : nothing}
      <ul class="arrivals">${arrivals.map((arrival) => arrivalRow(plan, arrival, incident, state))}</ul>`,
  )}
    ${places(plan)}`;
}

/** The moment from which travel counts: when the plan was made, not when it is looked at. */
export function startOf(plan: Assessment, incident: Incident | null): number {
  return Date.parse(plan.created_at ?? incident?.occurred_at ?? plan.at ?? "");
}

export function arrivalRow(
  plan: Assessment,
  arrival: Arrival,
  incident: Incident | null,
  state: State,
): TemplateResult {
  const seconds = arrival.travel_time_s;
  const due = seconds === null ? null : startOf(plan, incident) + seconds * 1000;
  const left = due === null ? null : (due - state.now) / 1000;
  const source = () => ({
    title: `${nameOf(arrival) ?? ""} · ${distance(arrival.distance_m)}`,
    models: [],
    lines: [
      arrival.by === "line" ? t("source.nearest.line") : t("source.nearest"),
      ...(arrival.avoided_s ? [t("source.avoided", { time: countdown(arrival.avoided_s) })] : []),
    ],
  });
  return html`<li class="arrival ${state.focus?.id === arrival.id ? "focused" : ""}">
    <button class="row" title=${t("forces.route")} @click=${() => focusOn(arrival.layer, arrival.id, null, null)} @dblclick=${() => focusOn(arrival.layer, arrival.id, arrival.lon, arrival.lat)}>
      ${symbol(arrival.layer, arrival.kind, 24)}
      <span class="name">${nameOf(arrival) ?? kindTitle(state, arrival.layer, arrival.kind)}
        <small>${[kindTitle(state, arrival.layer, arrival.kind), distance(arrival.distance_m), arrival.avoided_s ? t("forces.avoided", { time: countdown(arrival.avoided_s) }) : null].filter(Boolean).join(" · ")}</small>
        ${arrival.inside_zone ? html`<small class="warn">${t("forces.inside")}</small>` : nothing}${arrival.by === "line" ? html`<small class="warn">${t("forces.line")}</small>` : nothing}</span>
    </button>
    <span class="when">${seconds === null ? "—" : figure(left !== null && left > 0 ? countdown(left) : t("forces.arrived"), source, left !== null && left > 0 ? "countdown" : "countdown due")}
      ${due === null ? nothing : html`<small>${t("forces.arrives")} ${clock(due)}</small>`}</span></li>`;
}

function places(plan: Assessment): TemplateResult | typeof nothing {
  const { features } = plan.points;
  if (features.length === 0) return nothing;
  return html`<h3>${t("forces.points")}</h3><ul class="points">${features.map((point) => {
    const role = String(point.properties.role ?? "");
    const name = typeof point.properties.name === "string" ? point.properties.name : null;
    const [lon, lat] = point.geometry.type === "Point" ? point.geometry.coordinates : [];
    return html`<li><button class="row" @click=${() => {
      if (lon !== undefined && lat !== undefined) fly({ to: "place", lon, lat, zoom: 16 });
    }}>${symbol("role", role, 22)}<span class="name">${word("role", role)}${name ? html`<small>${name}</small>` : nothing}</span></button></li>`;
  })}</ul>`;
}
