/** Who comes, by which road, and when they are there. */
import { html, nothing, type TemplateResult } from "lit";
import type { Assessment } from "../api/assessment";
import { fly } from "../store/browse";
import { activeIncident, type State } from "../store/state";
import { t, word } from "../text/i18n";
import { arrivalRow } from "./arrival";
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
