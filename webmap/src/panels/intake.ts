/** Taking a call at the desk: every field in the order in which a caller speaks, kept as it is typed. */
import { html, nothing, type TemplateResult } from "lit";
import type { Substance } from "../api/wire";
import "../style/intake.css";
import "../text/desk_words";
import { fly } from "../store/browse";
import type { Draft } from "../store/draft";
import { discard, editTold, sendIntake, takeUp } from "../store/intake";
import { proposeGrade } from "../store/intake_grade";
import { findSpots, type Spot } from "../store/intake_place";
import {
  cancelReport,
  chooseKind,
  editReport,
  placeReport,
  RELEASES_SUBSTANCE,
} from "../store/report";
import { findSubstances } from "../store/substances";
import { clock, place } from "../text/format";
import { t, word } from "../text/i18n";
import { behaves, behaviour } from "./behaviour";
import { harmed, levels, moments, more, proposal, risks, unsentRow, who } from "./intake_parts";
import { define, Panel } from "./panel";
import { KINDS, leak, nearby, wind } from "./report_parts";
import { symbol } from "./symbol";

const value = (event: Event): string => (event.target as HTMLInputElement).value;

class Intake extends Panel {
  static override reads = ["draft", "session", "duty", "skew_ms"] as const;
  #substances: Substance[] = [];
  #spots: readonly Spot[] | null = null;
  #fault = "";
  #sure: string | null = null;
  #begun: string | null = null;
  /** The time of the call as this form has set it itself. */
  #stamped: { id: string; at: string; skew_ms: number } | null = null;

  protected override render(): TemplateResult | typeof nothing {
    const { draft } = this.state;
    if (!draft) return nothing;
    return html`<form class="report intake ${draft.exercise ? "exercise" : ""}" @submit=${(
      event: Event,
    ) => {
      event.preventDefault();
      void sendIntake();
    }} @keydown=${(event: KeyboardEvent) => this.#step(event)}>
      <header><h2>${t("report.title")}</h2><small class="kept" role="status">${draft.kept === null ? t("intake.unkept") : t("intake.kept", { time: clock(draft.kept + this.state.skew_ms) })}</small></header>
      <label class="check exercise"><input type="checkbox" name="exercise" .checked=${draft.exercise} @change=${(event: Event) => editReport({ exercise: (event.target as HTMLInputElement).checked })} />${t("report.exercise")}</label>
      ${this.#unsent(draft)}${this.#what(draft)}${this.#where(draft)}
      ${harmed(draft.told, editTold)}${risks(draft.told, editTold)}${proposal(this.state.duty.proposed, draft.told.grade, (grade) => editTold({ grade }))}
      ${who(draft.told, editTold)}${moments(draft.told, editTold)}${wind(draft)}${levels(draft.told, editTold)}
      <details class="more"><summary>${t("intake.more")}</summary>${more(draft.told, editTold)}</details>
      <label>${t("report.name")}<input name="title" maxlength="120" autocomplete="off" .value=${draft.title} @input=${(event: Event) => editReport({ title: value(event) })} /></label>
      <footer><button type="button" name="park" @click=${cancelReport}>${t("intake.park")}</button>
        <button class="primary" name="send" title=${t("intake.enter")} ?disabled=${draft.busy || draft.lon === null}>${draft.busy ? t("report.sending") : t("report.send")}</button></footer>
    </form>`;
  }

  /**
   * The call came when its form was opened, by the server's clock.
   *
   * How far this device's own clock is from that may be heard only after the form was opened: a
   * time that nobody has set by hand follows it.
   */
  #stamp({ id, told }: Draft, skew_ms: number): void {
    const mine = this.#stamped?.id === id ? this.#stamped : null;
    if (told.received !== "" && told.received !== mine?.at) return;
    if (mine && mine.skew_ms === skew_ms) return;
    const opened = mine ? Date.parse(mine.at) - mine.skew_ms : Date.now();
    this.#stamped = { id, skew_ms, at: new Date(opened + skew_ms).toISOString() };
    editTold({ received: this.#stamped.at });
  }

  protected override updated(): void {
    const { draft, skew_ms } = this.state;
    if (!draft) {
      this.#begun = null;
      return;
    }
    this.#stamp(draft, skew_ms);
    proposeGrade(draft);
    if (this.#begun === draft.id) return;
    this.#begun = draft.id;
    this.#spots = null;
    // A report that got another name under somebody's fingers keeps the field they type in.
    if (this.contains(document.activeElement)) return;
    this.querySelector<HTMLElement>("[name=kind]")?.focus({ preventScroll: true });
  }

  #unsent(draft: Draft): TemplateResult | typeof nothing {
    const others = this.state.duty.unsent.filter(({ id }) => id !== draft.id);
    if (others.length === 0) return nothing;
    return html`<section class="unsent" aria-label=${t("intake.found")}><b>${t("intake.found")}</b><ul>${others
      .slice(0, 5)
      .map((one) =>
        unsentRow(one, this.state.now, {
          takeUp: () => takeUp(one),
          discard: () => this.#discard(one.id),
          sure: this.#sure === one.id,
        }),
      )}</ul></section>`;
  }

  #discard(id: string): void {
    if (this.#sure === id) discard(id);
    this.#sure = this.#sure === id ? null : id;
    this.requestUpdate();
  }

  #what(draft: Draft): TemplateResult {
    const releases = RELEASES_SUBSTANCE.has(draft.kind);
    return html`<fieldset><legend>${t("intake.what")}</legend>
      <label>${t("report.kind")}
        <select name="kind" .value=${draft.kind} @change=${(event: Event) => chooseKind(value(event))}>
          ${KINDS.map((kind) => html`<option value=${kind} ?selected=${kind === draft.kind}>${word("kind", kind)}</option>`)}
        </select></label>
      ${
        releases
          ? html`<label>${t("report.substance")}
        <input name="substance" list="substances" autocomplete="off" maxlength="120" placeholder=${t("report.substance.placeholder")} .value=${draft.substance} @input=${(event: Event) => void this.#find(event)} />
        <datalist id="substances">${this.#substances.map((one) => html`<option value=${one.name}>${[one.name_en, one.cas, one.un && `UN ${one.un}`].filter(Boolean).join(" · ")}</option>`)}</datalist></label>${leak(draft)}`
          : nothing
      }
      ${behaves(draft.kind) ? html`<div class="pair">${behaviour(draft.kind, draft.release, (release) => editReport({ release }))}</div>` : nothing}</fieldset>`;
  }

  #where(draft: Draft): TemplateResult {
    return html`<fieldset><legend>${t("intake.where")}</legend>
      <label>${t("report.place")}<input name="address" maxlength="400" autocomplete="off" placeholder=${t("intake.where.typed")} .value=${draft.told.address} @input=${(event: Event) => void this.#seek(value(event))} /></label>
      ${this.#spots?.length === 0 && draft.told.address ? html`<small class="hint" role="status">${this.#fault || t("intake.where.none")}</small>` : nothing}
      ${this.#spots && this.#spots.length > 0 ? html`<ul class="choices spots">${this.#spots.map((spot) => this.#spot(spot))}</ul>` : nothing}
      <output class=${draft.lon === null ? "wanted" : "place"}>${draft.lon === null || draft.lat === null ? t("report.place.pick") : place(draft.lon, draft.lat)}</output>
      ${draft.lon === null ? nothing : nearby(draft)}</fieldset>`;
  }

  #spot(spot: Spot): TemplateResult {
    return html`<li><button type="button" class="row" name="spot" @click=${() => this.#take(spot)}>${spot.layer ? symbol(spot.layer) : nothing}<span class="name">${spot.name ?? place(spot.lon, spot.lat)}</span>
      <small>${spot.name === null ? spot.said : place(spot.lon, spot.lat)}</small></button></li>`;
  }

  #take({ lon, lat }: Spot): void {
    this.#spots = null;
    fly({ to: "place", lon, lat });
    void placeReport(lon, lat);
    this.querySelector<HTMLElement>("[name=dead]")?.focus();
  }

  async #seek(typed: string): Promise<void> {
    editTold({ address: typed });
    const found = await findSpots(typed);
    if (found === null) return;
    this.#spots = typed.trim() === "" ? null : found.spots;
    this.#fault = found.fault;
    this.requestUpdate();
  }

  async #find(event: Event): Promise<void> {
    editReport({ substance: value(event), near: null });
    this.#substances = await findSubstances(value(event));
    this.requestUpdate();
  }

  /** Enter goes on to the next field, so that half a report is never sent; in the last it reports. */
  #step(event: KeyboardEvent): void {
    const { target } = event;
    if (event.key !== "Enter" || event.isComposing || !(target instanceof HTMLElement)) return;
    if (!target.matches("input:not([type=checkbox]), select")) return;
    if (target.matches("[name=title]")) return;
    event.preventDefault();
    const [first] = this.#spots ?? [];
    if (target.matches("[name=address]") && first) {
      this.#take(first);
      return;
    }
    const fields = [...this.querySelectorAll<HTMLElement>("input, select, textarea")].filter(
      (one) => one.checkVisibility(),
    );
    fields[fields.indexOf(target) + 1]?.focus();
  }
}

define("om-report", Intake);
