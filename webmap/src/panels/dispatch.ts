/** Ask who should go where: demand left, the proposal right with why each comes and who does not. */
import { html, nothing, type TemplateResult } from "lit";
import type { Demand, Met, Proposal, Proposed } from "../api/dispatch";
import type { Dispatching } from "../store/command";
import {
  acceptProposal,
  addDemand,
  asked,
  closeDispatch,
  editDemand,
  proposeDispatch,
  toggleIncident,
  toggleProposed,
  WHATS,
} from "../store/dispatch";
import { may, openIncidents } from "../store/state";
import { count, countdown, people } from "../text/format";
import { nameOf, t, word } from "../text/i18n";
import "./evacuation";
import { ICONS } from "./icons";
import { amount } from "./order";
import { define, Panel } from "./panel";
import { symbol } from "./symbol";

class Dispatch extends Panel {
  static override reads = ["dialog", "dispatching", "incidents", "session"] as const;

  protected override render(): TemplateResult | typeof nothing {
    const { dialog, dispatching } = this.state;
    if (dialog !== "dispatch" || !dispatching) return nothing;
    return html`<dialog class="dispatch" aria-label=${t("dispatch.open")} @close=${closeDispatch}>
      <header><h2>${t("dispatch.open")}</h2><button class="ghost" aria-label=${t("card.close")} @click=${closeDispatch}>${ICONS.close}</button></header>
      ${this.#both(dispatching)}</dialog>`;
  }

  protected override updated(): void {
    const dialog = this.querySelector("dialog");
    if (dialog && !dialog.open) dialog.showModal();
  }

  #both(held: Dispatching): TemplateResult {
    const ready = asked(held).length > 0 && held.solving === null;
    return html`<div class="dispatch-body"><form class="demand" @submit=${(event: Event) => {
      event.preventDefault();
      void proposeDispatch();
    }}>
      <div class="chips-row" role="group" aria-label=${t("dispatch.incidents")}>${openIncidents(this.state).map((incident) => html`<button type="button" class="pick" aria-pressed=${incident.id in held.demands} @click=${() => toggleIncident(incident.id)}>${incident.exercise ? html`<span class="badge exercise">${t("incident.exercise")}</span>` : nothing}${incident.title}</button>`)}</div>
      ${Object.entries(held.demands).map(([id, rows]) => this.#demand(id, rows, held))}
      <footer class="decide"><button class="primary" name="propose" ?disabled=${!ready}>${held.solving === "greedy" ? t("query.asking") : t("dispatch.propose")}</button></footer></form>
      <section class="proposal" aria-live="polite">${held.proposal ? this.#proposal(held.proposal, held) : html`<p class="hint">${t("dispatch.hint")}</p>`}</section></div>`;
  }

  #demand(incident: string, rows: readonly Demand[], held: Dispatching): TemplateResult {
    const several = Object.keys(held.demands).length > 1;
    return html`<fieldset>${several ? html`<legend>${this.#title(incident)}</legend>` : nothing}
      ${rows.map((row, at) => demandRow(row, (patch) => editDemand(incident, at, patch)))}
      <button type="button" name="add-demand" @click=${() => addDemand(incident)}>${t("dispatch.add")}</button></fieldset>`;
  }

  #title(id: string): string {
    return this.state.incidents.find((one) => one.id === id)?.title ?? id;
  }

  #proposal(proposal: Proposal, held: Dispatching): TemplateResult {
    const several = Object.keys(held.demands).length > 1;
    const chosen = proposal.assignments.length - held.left.size;
    return html`${quality(proposal, held)}
      ${proposal.demands.map(
        (one) => html`<section class="met ${one.missing > 0 ? "short" : ""}">
        <h3>${several ? html`<small>${this.#title(one.incident)}</small> ` : nothing}${one.name} ${amount(one.amount, one.unit)}${one.first_s === null ? nothing : html` <small>${t("dispatch.times", { first: countdown(one.first_s), full: countdown(one.full_s ?? one.first_s) })}</small>`}</h3>
        <ul>${proposal.assignments.map((each, at) => (each.incident === one.incident && each.demand === one.demand ? proposedRow(each, at, held) : nothing))}</ul>
        ${unmet(one)}</section>`,
      )}
      ${proposal.cover_lost.map((lost) => html`<p class="warn">${t("dispatch.cover", { stations: lost.stations.map(({ name, id }) => name ?? id).join(", "), minutes: lost.minutes, places: count(lost.places), people: people(lost.people) })}</p>`)}
      ${proposal.messages.map((line) => html`<p class="warn">${line.text || line.code}</p>`)}
      ${may(this.state, "tasks.order") ? html`<footer class="decide"><button class="primary" name="accept" ?disabled=${chosen === 0 || held.solving === "ordering"} @click=${() => void acceptProposal()}>${t("dispatch.accept", { count: chosen })}</button></footer>` : nothing}`;
  }
}

function demandRow(row: Demand, change: (patch: Partial<Demand> | null) => void): TemplateResult {
  const value = (event: Event): string => (event.target as HTMLInputElement).value;
  const stock = row.what === "stock";
  return html`<div class="demand-row">
    <select name="what" aria-label=${t("order.what")} @change=${(event: Event) => change({ what: value(event) as Demand["what"] })}>${WHATS.map((what) => html`<option value=${what} ?selected=${what === row.what}>${word("demand", what)}</option>`)}</select>
    <input name="name" aria-label=${t("dispatch.name")} placeholder=${t(`dispatch.name.${row.what}`)} maxlength="60" .value=${row.name} @input=${(event: Event) => change({ name: value(event) })} />
    <input name="amount" type="number" min="0" step=${stock ? "any" : "1"} aria-label=${t("order.amount")} .value=${String(row.amount)} @input=${(event: Event) => change({ amount: (event.target as HTMLInputElement).valueAsNumber })} />
    ${stock ? html`<input name="unit" aria-label=${t("dispatch.unit")} placeholder=${t("dispatch.unit")} maxlength="12" .value=${row.unit} @input=${(event: Event) => change({ unit: value(event) })} />` : html`<span>${word("unit", row.what === "people" ? "person" : row.what === "vehicle" ? "vehicle" : "team")}</span>`}
    <button type="button" class="ghost" aria-label=${t("dispatch.remove")} @click=${() => change(null)}>${ICONS.close}</button></div>`;
}

/** How good the answer is, in words: greedy so far, or so far from the best possible. */
function quality({ solved }: Proposal, { solving }: Dispatching): TemplateResult {
  const better = solved.greedy > 0 ? (solved.greedy - solved.best) / solved.greedy : 0;
  const percent = (share: number): string => (share * 100).toFixed(1);
  return html`<p class="solved" role="status"><span class="tag">${word("solved", solved.status)}</span>
    ${solved.gap === null ? nothing : html`<span>${t("dispatch.gap", { gap: percent(solved.gap) })}</span>`}
    ${solved.by === "optimal" && better > 0.0005 ? html`<span class="good">${t("dispatch.better", { share: percent(better) })}</span>` : nothing}
    <small>${solved.seconds.toFixed(2)} s</small>${solving === "optimal" ? html`<span class="busy">${t("dispatch.solving")}</span>` : nothing}</p>`;
}

function proposedRow(one: Proposed, at: number, held: Dispatching): TemplateResult {
  const [first, ...more] = one.why;
  return html`<li><label class="check"><input type="checkbox" name="take-${at}" .checked=${!held.left.has(at)} @change=${() => toggleProposed(at)} />
      ${symbol(one.layer, one.kind, 24)}<span class="name"><b>${nameOf(one) ?? one.id}</b> ${amount(one.amount, one.unit)}${one.what === "vehicle" || one.what === "stock" ? ` ${one.item ?? ""}` : ""}
        <small>${[one.vehicle ? word("vehicle", one.vehicle) : null, first?.text].filter(Boolean).join(" · ")}</small>
        ${more.map((line) => html`<small>${line.text || line.code}</small>`)}</span>
      <span class="countdown">${one.travel_time_s === null ? "—" : countdown(one.travel_time_s)}</span></label></li>`;
}

function unmet(one: Met): TemplateResult | typeof nothing {
  if (one.missing <= 0) return nothing;
  return html`<div class="unmet" role="alert"><b>${t("dispatch.missing", { amount: amount(one.missing, one.unit) })}</b>
    ${one.reasons.map((line) => html`<p>${line.text || line.code}</p>`)}</div>`;
}

define("om-dispatch", Dispatch);
