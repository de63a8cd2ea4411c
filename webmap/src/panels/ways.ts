/** Ways beside each other, and the steps of the one that is chosen, in words. */
import { html, nothing, type TemplateResult } from "lit";
import type { Step, Way } from "../api/roads";
import { fly } from "../store/browse";
import type { Ways } from "../store/command";
import { chooseWay } from "../store/ways";
import { countdown, distance, minutes } from "../text/format";
import { t } from "../text/i18n";
import { avoidedList } from "./avoided";

export function wayList({ list, chosen }: Ways): TemplateResult {
  const way = list[chosen];
  if (!way) return html`<p class="hint" role="status">${t("ways.asking")}</p>`;
  return html`<div class="ways">
    ${list.length > 1 ? html`<div class="way-choice" role="radiogroup" aria-label=${t("ways.title")}>${list.map((one, at) => choice(one, at, chosen, list))}</div>` : html`<p class="way-only"><b>${minutes(way.travel_time_s)}</b> ${distance(way.distance_m)}</p>`}
    ${avoidedList(way.avoided, way.avoided_s)}
    ${[...way.messages, ...way.assumptions].map((line) => html`<p class="warn">${line.text || line.code}</p>`)}
    <ol class="way-steps">${way.steps.map(stepRow)}</ol>
    ${way.steps.length === 0 ? html`<p class="hint">${t("ways.nosteps")}</p>` : nothing}</div>`;
}

/** A step leads to its place on the map. */
function stepRow({ code, text, lon, lat, distance_m }: Step): TemplateResult {
  const said = text || code;
  return html`<li>${lon === null || lat === null ? html`<span>${said}</span>` : html`<button class="link-button" @click=${() => fly({ to: "place", lon, lat, zoom: 17 })}>${said}</button>`}
    ${distance_m > 0 ? html`<small>${distance(distance_m)}</small>` : nothing}</li>`;
}

function choice(way: Way, at: number, chosen: number, list: readonly Way[]): TemplateResult {
  const more = way.travel_time_s - (list[0]?.travel_time_s ?? 0);
  return html`<button role="radio" name="way-${at}" aria-checked=${at === chosen} @click=${() => chooseWay(at)}>
    <b>${minutes(way.travel_time_s)}</b><small>${distance(way.distance_m)}</small>
    <small>${at === 0 ? t("ways.fastest") : t("ways.slower", { time: countdown(more) })}</small></button>`;
}
