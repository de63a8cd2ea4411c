/** Who leaves first, for which shelter, by when; who stays and why. The ways are on the map above. */
import { html, nothing, type TemplateResult } from "lit";
import type { Evacuation, Move, Stayed } from "../api/evacuation";
import type { Evacuating } from "../store/command";
import {
  askEvacuation,
  closeEvacuation,
  orderEvacuation,
  showMove,
  toggleMove,
} from "../store/evacuation";
import { may } from "../store/state";
import { clock, count, distance, minutes } from "../text/format";
import { nameOf, t, word } from "../text/i18n";
import { ICONS } from "./icons";
import { define, Panel } from "./panel";
import { level } from "./parts";

class EvacuationSheet extends Panel {
  static override reads = ["dialog", "evacuation", "session"] as const;

  protected override render(): TemplateResult | typeof nothing {
    const { dialog, evacuation: held } = this.state;
    if (dialog !== "evacuation" || !held) return nothing;
    return html`<section class="sheet" aria-label=${t("evacuation.open")}>
      <header><h2>${t("evacuation.open")}</h2>
        <div class="segments" role="radiogroup" aria-label=${t("roads.vehicle")}>${(["coach", "foot"] as const).map((vehicle) => html`<button role="radio" aria-checked=${held.vehicle === vehicle} @click=${() => void askEvacuation(vehicle)}>${word("vehicle", vehicle)}</button>`)}</div>
        ${held.answer && held.answer.moves.length > 0 && may(this.state, "tasks.order") ? html`<button class="primary" name="order-evacuation" ?disabled=${held.busy || held.left.size >= held.answer.moves.length} @click=${() => void orderEvacuation()}>${t("dispatch.accept", { count: held.answer.moves.length - held.left.size })}</button>` : nothing}
        <button class="ghost" aria-label=${t("card.close")} @click=${closeEvacuation}>${ICONS.close}</button></header>
      ${held.answer ? body(held.answer, held) : html`<p class="hint" role="status">${held.busy ? t("query.asking") : t("results.none")}</p>`}</section>`;
  }
}

function body(answer: Evacuation, held: Evacuating): TemplateResult {
  return html`<div class="scroll">${answer.messages.map((line) => html`<p class="warn">${line.text || line.code}</p>`)}
    ${
      answer.moves.length === 0
        ? html`<p class="hint">${t("evacuation.none")}</p>`
        : html`<table class="evacuation"><thead><tr><th></th><th>${t("evacuation.order")}</th><th>${t("evacuation.group")}</th><th>${t("evacuation.people")}</th><th>${t("evacuation.shelter")}</th><th>${t("evacuation.leave")}</th><th>${t("evacuation.way")}</th></tr></thead>
      <tbody>${answer.moves.map((move) => row(move, held))}</tbody></table>`
    }
    ${others(answer.unplaced, t("evacuation.unplaced"), "unmet")}
    ${others(answer.stay, t("evacuation.stay"), "")}</div>`;
}

function row(move: Move, { left, shown }: Evacuating): TemplateResult {
  const late = move.in_time === false;
  return html`<tr class=${shown === move.order ? "focused" : ""}>
    <td><input type="checkbox" aria-label=${t("evacuation.take", { name: nameOf(move.from) ?? "" })} .checked=${!left.has(move.order)} @change=${() => toggleMove(move.order)} /></td>
    <td><b>${move.order}</b></td>
    <td>${level(move.from.level ?? "")} <button class="link-button" @click=${() => showMove(move.order)}>${nameOf(move.from) ?? move.from.id}</button></td>
    <td>${count(move.amount)}${move.split ? html` <small>${t("evacuation.split")}</small>` : nothing}</td>
    <td>${nameOf(move) ?? move.id}</td>
    <td class=${late ? "late-to-leave" : ""}>${move.leave_by ? clock(Date.parse(move.leave_by)).slice(0, 5) : "—"}${late ? html` <b>${t("evacuation.late")}</b>` : nothing}</td>
    <td>${minutes(move.travel_time_s)} <small>${distance(move.distance_m)}${move.exit?.road ? ` · ${move.exit.road}` : ""}</small></td></tr>`;
}

function others(
  list: readonly Stayed[],
  title: string,
  className: string,
): TemplateResult | typeof nothing {
  if (list.length === 0) return nothing;
  return html`<h3>${title} ${list.length}</h3><ul class="stayed ${className}">${list.map((one) => html`<li>${level(one.from.level ?? "")}<span class="name">${nameOf(one.from) ?? one.from.id}<small>${one.message.text || one.message.code}</small></span><b>${count(one.people)}</b></li>`)}</ul>`;
}

define("om-evacuation", EvacuationSheet);
