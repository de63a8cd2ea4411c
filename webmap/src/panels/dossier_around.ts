/** What lies around, ring by ring, and who would come. */
import { html, nothing, type TemplateResult } from "lit";
import type { Around, Dossier, NearPlace } from "../api/dossier";
import { fly, openCard } from "../store/browse";
import { layerNamed, type State } from "../store/state";
import { count, distance, minutes, people } from "../text/format";
import { nameOf, t } from "../text/i18n";
import { symbol } from "./symbol";

export function around(list: readonly Around[], state: State): TemplateResult {
  if (list.length === 0) return html`<p class="hint">${t("dossier.nothingAround")}</p>`;
  const radii = list[0]?.rings.map(({ radius_m }) => radius_m) ?? [];
  return html`<table class="rings"><thead><tr><th></th>${radii.map((metres) => html`<th>≤ ${round(metres)}</th>`)}</tr></thead>
    <tbody>${list.map((one) => ringRow(one, state))}</tbody></table>
    ${list.map(
      ({ layer, nearest }) =>
        html`<h3>${title(state, layer)}</h3>${places(
          nearest.map((near) => ({ ...near, layer })),
          state,
        )}`,
    )}`;
}

function ringRow({ layer, rings }: Around, state: State): TemplateResult {
  return html`<tr><td>${symbol(layer, null, 18)} ${title(state, layer)}</td>${rings.map(
    ({ count: number, sums }) => {
      const day = sums.people_day ?? sums.people;
      const night = sums.people_night;
      return html`<td><b>${count(number)}</b>
      ${typeof day === "number" ? html`<small>${t("dossier.peopleDay", { count: people(day) })}</small>` : nothing}
      ${typeof night === "number" ? html`<small>${t("dossier.peopleNight", { count: people(night) })}</small>` : nothing}
      ${sums.unknown ? html`<small class="warn">${t("dossier.peopleUnknown", { count: count(sums.unknown) })}</small>` : nothing}</td>`;
    },
  )}</tr>`;
}

const round = (metres: number): string => (metres < 1000 ? `${metres} m` : `${metres / 1000} km`);

const title = (state: State, layer: string): string => layerNamed(state, layer)?.title ?? layer;

const PURPOSES = ["team", "hospital", "shelter", "depot", "fire_water"] as const;

export function help(file: Dossier, state: State): TemplateResult {
  return html`${PURPOSES.map((purpose) => {
    const found = file.help[purpose] ?? [];
    return html`<h3>${t(`dossier.help.${purpose}`)}</h3>${found.length === 0 ? html`<p class="hint">${t("forces.none")}</p>` : places(found, state)}`;
  })}
  ${
    file.experts.length > 0
      ? html`<h3>${t("dossier.experts")}</h3><ul>${file.experts.map(
          ({
            feature,
            matched,
          }) => html`<li><button class="row" @click=${() => void openCard("expert", String(feature.id))}>${symbol("expert")}
      <span class="name">${nameOf(feature.properties) ?? ""}<small>${matched.join(", ")}</small></span></button></li>`,
        )}</ul>`
      : nothing
  }`;
}

function places(list: readonly NearPlace[], state: State): TemplateResult {
  return html`<ul class="near">${list.map((one) => {
    const layer = one.layer ?? "";
    const kinds = layerNamed(state, layer)?.fields.find(({ name }) => name === "kind")?.domain;
    const kind = kinds?.find(({ value }) => value === one.kind)?.title;
    return html`<li><button class="row" @click=${() => show(layer, one)}>${symbol(layer, one.kind)}
      <span class="name">${nameOf(one) ?? t("card.unnamed")}${kind ? html`<small>${kind}</small>` : nothing}</span>
      <span class="when"><b>${one.travel_time_s === null ? distance(one.distance_m) : minutes(one.travel_time_s)}</b>
      ${one.travel_time_s === null ? nothing : html`<small>${distance(one.road_m ?? one.distance_m)}</small>`}</span></button></li>`;
  })}</ul>`;
}

function show(layer: string, { id, lon, lat }: NearPlace): void {
  if (lon !== null && lat !== null) fly({ to: "place", lon, lat, zoom: 16 });
  void openCard(layer, id);
}
