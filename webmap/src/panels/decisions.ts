/** Decisions of the incident: what, on what basis, drafted by whom, and who stands behind it. */
import { html, nothing, type TemplateResult } from "lit";
import { DECISION_KINDS, type Decision, LADDER_OF, type Verdict } from "../api/decisions";
import { newId } from "../api/ids";
import type { Incident } from "../api/wire";
import { decide, draftDecision } from "../store/deciding";
import { setDuty } from "../store/duty";
import { outline } from "../store/outline";
import { activePlan } from "../store/state";
import { clock } from "../text/format";
import { t, word } from "../text/i18n";
import { thresholdName, zoneReach } from "../text/zone";
import { IncidentPart } from "./incident_part";
import { define } from "./panel";
import { whatIsSet } from "./unapproved";

const LADDER = ["1", "2", "3", "4"] as const;
/** Which decision sets what of an incident. */
const DECISION_OF: Readonly<Record<string, string>> = {
  response_level: "start_response",
  warning_level: "warn",
  status: "end",
};

class Decisions extends IncidentPart {
  static override parts = ["decisions"] as const;
  #id = newId();
  #kind: string = DECISION_KINDS[0];
  #text = "";
  #level = "";
  #zone = "";
  #basis = "";
  /** The proposal that the draft rests on. */
  #on: string | null = null;
  #begun = false;
  #busy = false;
  #answering: { id: string; how: Verdict } | null = null;

  protected override begin(): void {
    this.#clear();
    this.#answering = null;
  }

  /** "Decide" was pressed on a proposal: the draft begins with what it says. */
  protected override updated(): void {
    const { deciding } = this.state.duty;
    if (!deciding || deciding.incident !== this.shown?.id) return;
    setDuty({ deciding: null });
    if (this.#basis === "") this.#basis = deciding.says;
    if (deciding.approves) this.#approve(deciding.approves, this.shown);
    this.#begun = true;
    this.#rest(deciding.proposal);
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("[name=kind]")?.focus());
  }

  /** What is set already: the draft begins as the decision that would have set it. */
  #approve(field: string, incident: Incident): void {
    this.#kind = DECISION_OF[field] ?? this.#kind;
    this.#level =
      (field === "response_level" ? incident.response_level : incident.warning_level) ?? "";
    this.#text = t("decision.later", { what: whatIsSet(incident, field) });
  }

  #rest(on: string | null): void {
    this.#on = on;
    this.requestUpdate();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { shown } = this;
    if (!shown) return nothing;
    const held = this.state.duty.decisions[shown.id];
    const rows = [...(held ?? [])].reverse();
    return html`${this.may("incidents.write") && kindsFor(shown).length > 0 ? this.#form(shown) : nothing}
      ${held === undefined ? html`<p class="hint">${t("desk.reading")}</p>` : nothing}
      ${held?.length === 0 ? html`<p class="hint">${t("decision.none")}</p>` : nothing}
      <ol class="decisions" aria-label=${t("plan.decisions")}>${rows.map((one) => this.#row(one, shown))}</ol>`;
  }

  #row(one: Decision, incident: Incident): TemplateResult {
    const { zone_was: was, text } = one.basis;
    const basis = [was ? zoneName(was) : "", text].filter(Boolean).join(" · ");
    const show = (): void => outline(one.area);
    const hide = (): void => outline(null);
    return html`<li class="decision ${one.state}" data-decision=${one.id} @mouseenter=${show} @mouseleave=${hide} @focusin=${show} @focusout=${hide}>
      <header><b>${word("decision.kind", one.kind)}</b><span class="state">${word("decision.state", one.state)}</span></header>
      <p class="words">${one.text}</p>
      ${one.level ? html`<p class="sets">${levelName(one.kind, one.level)}</p>` : nothing}
      ${basis ? html`<p class="hint">${t("decision.basis")} ${basis}</p>` : nothing}
      <small>${t("decision.drafted", { who: one.drafted_by ?? "", time: time(one.drafted_at) })}</small>
      ${one.decided_by ? html`<small>${t(`decision.decided.${one.state as "approved"}`, { who: one.decided_by, time: time(one.decided_at) })}</small>` : nothing}
      ${one.reason ? html`<p class="reason">${one.reason}</p>` : nothing}
      ${one.area ? html`<button type="button" class="link-button" name="show-area" @click=${show}>${t("decision.area")}</button>` : nothing}
      ${one.state === "drafted" ? this.#answers(one, incident) : nothing}</li>`;
  }

  #answers(one: Decision, incident: Incident): TemplateResult {
    const open = this.#answering?.id === one.id ? this.#answering.how : null;
    const ask = (how: Verdict): void => {
      this.#answering = open === how ? null : { id: one.id, how };
      this.requestUpdate();
    };
    if (!one.may.approve && !one.may.withdraw)
      return html`<small class="hint">${t("decision.waits")}</small>`;
    return html`<p class="actions">
        ${
          one.may.approve
            ? html`<button name="approve" class="primary" @click=${() => void this.#decide(one, incident, "approve", "")}>${t("decision.approve")}</button>
          <button name="reject" aria-pressed=${open === "reject"} @click=${() => ask("reject")}>${t("decision.reject")}</button>`
            : nothing
        }
        ${one.may.withdraw ? html`<button name="withdraw" aria-pressed=${open === "withdraw"} @click=${() => ask("withdraw")}>${t("decision.withdraw")}</button>` : nothing}</p>
      ${
        open
          ? html`<form class="reason-form" @submit=${(event: Event) => {
              event.preventDefault();
              const reason = String(
                new FormData(event.target as HTMLFormElement).get("reason") ?? "",
              );
              if (reason.trim()) void this.#decide(one, incident, open, reason.trim());
            }}><input name="reason" required maxlength="500" placeholder=${t("desk.reason")} aria-label=${t("desk.reason")} /><button>${t(`decision.${open}`)}</button></form>`
          : nothing
      }`;
  }

  async #decide(one: Decision, incident: Incident, how: Verdict, reason: string): Promise<void> {
    if (await decide(incident.id, one, how, reason)) this.#answering = null;
    this.requestUpdate();
  }

  #form(incident: Incident): TemplateResult {
    const zones = activePlan(this.state)?.zones.features ?? [];
    return html`<details class="new" ?open=${this.#begun}><summary>${t("decision.new")}</summary><form class="decision-form" @submit=${(event: Event) => void this.#draft(event, incident)}>
      <label>${t("decision.what")}<select name="kind" @change=${(event: Event) => {
        this.#kind = (event.target as HTMLSelectElement).value;
        this.requestUpdate();
      }}>${kindsFor(incident).map((kind) => html`<option value=${kind} ?selected=${kind === this.#kindOf(incident)}>${word("decision.kind", kind)}</option>`)}</select></label>
      ${this.#effect(this.#kindOf(incident))}
      <label>${t("decision.text")}<textarea name="text" rows="3" required maxlength="4000" .value=${this.#text} @input=${(
        event: Event,
      ) => {
        this.#text = (event.target as HTMLTextAreaElement).value;
      }}></textarea></label>
      <label>${t("decision.zone")}<select name="zone" @change=${(event: Event) => {
        this.#zone = (event.target as HTMLSelectElement).value;
      }}><option value="">${t("decision.zone.none")}</option>${zones.map(({ properties }, index) => html`<option value=${index} ?selected=${String(index) === this.#zone}>${zoneName(properties)}</option>`)}</select></label>
      <label>${t("decision.basis")}<input name="basis" maxlength="1000" autocomplete="off" .value=${this.#basis} @input=${(
        event: Event,
      ) => {
        this.#basis = (event.target as HTMLInputElement).value;
      }} /></label>
      ${this.#on ? html`<p class="hint">${t("decision.onProposal")} <button type="button" class="link-button" name="let-proposal" @click=${() => this.#rest(null)}>${t("decision.onProposal.not")}</button></p>` : nothing}
      <button class="primary wide" name="draft" ?disabled=${this.#busy}>${t("decision.draft")}</button></form></details>`;
  }

  #kindOf(incident: Incident): string {
    const kinds = kindsFor(incident);
    return kinds.includes(this.#kind) ? this.#kind : (kinds[0] ?? "");
  }

  /** What approving it does to the incident is said before it is handed in. */
  #effect(kind: string): TemplateResult | typeof nothing {
    if (kind === "end") return html`<p class="hint">${t("decision.ends")}</p>`;
    const ladder = LADDER_OF[kind];
    if (!ladder) return nothing;
    return html`<label>${t(`decision.level.${ladder}`)}<select name="level" @change=${(
      event: Event,
    ) => {
      this.#level = (event.target as HTMLSelectElement).value;
    }}><option value="">${t("decision.level.none")}</option>${LADDER.map((step) => html`<option value=${step} ?selected=${step === this.#level}>${word(ladder, step)}</option>`)}</select></label>`;
  }

  /** The area of the zone goes along, so that what was decided can be seen though the plan changes. */
  async #draft(event: Event, incident: Incident): Promise<void> {
    event.preventDefault();
    if (!this.#text.trim() || this.#busy) return;
    const plan = activePlan(this.state);
    const zone = this.#zone === "" ? null : Number(this.#zone);
    const shape = zone === null ? null : (plan?.zones.features[zone]?.geometry ?? null);
    const basis = {
      ...(plan ? { assessment: plan.id } : {}),
      ...(zone === null ? {} : { zone }),
      ...(this.#on ? { proposal: this.#on } : {}),
      ...(this.#basis.trim() ? { text: this.#basis.trim() } : {}),
    };
    const kind = this.#kindOf(incident);
    this.#busy = true;
    this.requestUpdate();
    const done = await draftDecision(incident.id, {
      id: this.#id,
      kind,
      ...(this.#level && LADDER_OF[kind] ? { level: this.#level } : {}),
      text: this.#text.trim(),
      basis,
      ...(shape?.type === "Polygon" || shape?.type === "MultiPolygon" ? { area: shape } : {}),
    });
    this.#busy = false;
    if (done) this.#clear();
    this.requestUpdate();
  }

  #clear(): void {
    this.#id = newId();
    this.#text = "";
    this.#level = "";
    this.#zone = "";
    this.#basis = "";
    this.#on = null;
    this.#begun = false;
  }
}

/** Of what has ended only that is decided which is so already. */
function kindsFor({ status, unapproved }: Incident): readonly string[] {
  if (status !== "closed") return DECISION_KINDS;
  return unapproved.flatMap((field) => DECISION_OF[field] ?? []);
}

function zoneName(zone: Readonly<Record<string, unknown>>): string {
  return `${word("level", String(zone.level))} ${thresholdName(zone)} ${zoneReach(zone)}`;
}

function levelName(kind: string, level: string): string {
  const ladder = LADDER_OF[kind];
  return ladder ? `${t(`decision.level.${ladder}`)} ${word(ladder, level)}` : "";
}

function time(at: string | null): string {
  return at ? clock(Date.parse(at)) : "";
}

define("om-decisions", Decisions);
