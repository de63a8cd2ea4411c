/** Who comes, by which road, and when they are there. */
import { html, nothing, type TemplateResult } from "lit";
import type { Assessment } from "../api/assessment";
import type { Closure } from "../api/closures";
import type { WireFeature } from "../api/wire";
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
  const changes = roadsChanged(plan, state.closures);
  return html`${changes > 0 ? html`<ul class="warnings"><li>${t("forces.roadsChanged", { count: changes })}</li></ul>` : nothing}
    ${groups.map(
      ([title, arrivals]) => html`<h3>${title}</h3>
      ${arrivals.length === 0 ? html`<p class="hint">${t("forces.none")}</p>` : nothing}
      <ul class="arrivals">${arrivals.map((arrival) => arrivalRow(arrival, incident, state))}</ul>`,
    )}
    ${places(plan)}`;
}

/** How many roads were closed after a plan was made, or are open again though it drove around them. */
export function roadsChanged(plan: Assessment, closures: readonly Closure[] | null): number {
  const made = Date.parse(plan.created_at ?? "");
  if (!closures || Number.isNaN(made)) return 0;
  const closed = closures.filter(({ since }) => Date.parse(since ?? "") > made);
  const known = new Set(closures.map(({ id }) => id));
  const avoided = plan.nearest.flatMap((arrival) => arrival.avoided).map(({ id }) => id);
  const opened = new Set(avoided.filter((id) => id !== null && !known.has(id)));
  return closed.length + opened.size;
}

function places(plan: Assessment): TemplateResult | typeof nothing {
  const { features } = plan.points;
  if (features.length === 0) return nothing;
  const posts = features.filter(({ properties: { role } }) => role === "control");
  const roads = byRoad(posts);
  return html`<h3>${t("forces.points")}</h3>
    <ul class="points">${features.filter((point) => !posts.includes(point)).map((point) => placeRow([point], text(point, "name")))}</ul>
    ${
      posts.length === 0
        ? nothing
        : html`<details class="posts"><summary>${t("plan.counted", { label: t("cordon.title", { groups: roads.length }), count: t("cordon.posts", { count: posts.length }) })}</summary>
      <ul class="points">${roads.map((road) => placeRow(road, roadOf(road)))}</ul></details>`
    }`;
}

/** The control points of a cordon, those of one road together, in the plan's order: the widest first. */
export function byRoad(posts: readonly WireFeature[]): WireFeature[][] {
  const roads = new Map<unknown, WireFeature[]>();
  for (const post of posts) {
    const { group, road } = post.properties;
    const key = group ?? road ?? post;
    roads.set(key, [...(roads.get(key) ?? []), post]);
  }
  return [...roads.values()];
}

function roadOf(posts: readonly WireFeature[]): string {
  const [first] = posts;
  const name = first ? (text(first, "road") ?? word("road.class", text(first, "class") ?? "")) : "";
  return posts.length > 1 ? `${name} · ${t("cordon.posts", { count: posts.length })}` : name;
}

const text = ({ properties }: WireFeature, key: string): string | null => {
  const value = properties[key];
  return typeof value === "string" ? value : null;
};

function placeRow([point]: readonly WireFeature[], name: string | null): TemplateResult {
  const role = point ? (text(point, "role") ?? "") : "";
  const [lon, lat] = point?.geometry?.type === "Point" ? point.geometry.coordinates : [];
  return html`<li><button class="row" @click=${() => {
    if (lon !== undefined && lat !== undefined) fly({ to: "place", lon, lat, zoom: 16 });
  }}>${symbol("role", role, 22)}<span class="name">${word("role", role)}${name ? html`<small>${name}</small>` : nothing}</span></button></li>`;
}
