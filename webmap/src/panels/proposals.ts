/** What speaks against the plan: what was measured, who becomes exposed, and what to do with it. */
import { html, nothing, type TemplateResult } from "lit";
import type { Proposal } from "../api/readings";
import type { Incident } from "../api/wire";
import { focusOn, showTab } from "../store/browse";
import { setDuty } from "../store/duty";
import { assess } from "../store/incidents";
import { outline } from "../store/outline";
import { dismissProposal, runProposal } from "../store/readings";
import { baseOf, noInputs, runBody } from "../store/run_inputs";
import { activePlan } from "../store/state";
import { clock, people } from "../text/format";
import { nameOf, t, word } from "../text/i18n";
import { IncidentPart } from "./incident_part";
import { define } from "./panel";
import { level } from "./parts";

/** So many are named; the rest are counted, and lie in the zones of the new plan. */
const NAMED = 12;

class Proposals extends IncidentPart {
  static override reads = [...IncidentPart.reads, "assessing"] as (typeof IncidentPart)["reads"];
  #dismissing: string | null = null;
  #busy: string | null = null;

  protected override begin(): void {
    this.#dismissing = null;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { shown } = this;
    const known = this.state.duty.proposals[shown?.id ?? ""] ?? [];
    const open = known.filter(({ state }) => state === "open");
    const full = known.some((one) => one.full);
    return html`${this.#stale(shown)}${full ? html`<p class="caution" role="alert">${t("proposal.full")}</p>` : nothing}${open.map((one) => this.#banner(one))}`;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    outline(null);
  }

  /** The plan rests on words that were corrected since. */
  #stale(incident: Incident | null): TemplateResult | typeof nothing {
    const held = this.state.duty.corrections[incident?.id ?? ""];
    const plan = activePlan(this.state);
    if (!incident || !plan || !held?.stale.plan) return nothing;
    const busy = this.state.assessing.has(incident.id);
    const again = (): void =>
      void assess(incident.id, runBody({ ...noInputs, base: baseOf(plan.id, held) }));
    return html`<section class="proposal stale-plan" role="alert"><header><b>${t("stale.plan")}</b></header>
      ${this.may("incidents.write") && incident.status !== "closed" ? html`<p class="actions"><button class="primary" name="compute-again" ?disabled=${busy} @click=${again}>${busy ? t("plan.assessing") : t("stale.again")}</button></p>` : nothing}</section>`;
  }

  #banner(one: Proposal): TemplateResult {
    const count = one.exposes_count ?? one.exposes.length;
    const show = (): void => outline(one.zones);
    const hide = (): void => outline(null);
    return html`<section class="proposal" role="alert" tabindex="0" data-proposal=${one.id} @mouseenter=${show} @mouseleave=${hide} @focusin=${show} @focusout=${hide}>
      <header><b>${one.title?.text || word("proposal.reason", one.reason)}</b>${one.made_at ? html`<time>${clock(Date.parse(one.made_at))}</time>` : nothing}</header>
      <details><summary>${count === 0 ? t("proposal.exposes.none") : t("proposal.exposes", { count, people: people(one.people) })}</summary>
      ${one.basis?.text ? html`<p class="hint">${one.basis.text}</p>` : nothing}
      <ul>${one.exposes.slice(0, NAMED).map((target) => html`<li><button type="button" class="row" @click=${() => focusOn(target.layer, target.id, target.lon, target.lat)}>${target.level ? level(target.level) : nothing}<span class="name">${nameOf(target) ?? t("card.unnamed")}</span><small>${people(target.people)}</small></button></li>`)}</ul>
      ${count > NAMED ? html`<p class="hint">${t("proposal.exposes.more", { count: count - NAMED })}</p>` : nothing}</details>
      ${this.may("incidents.write") ? this.#answers(one) : nothing}</section>`;
  }

  #answers(one: Proposal): TemplateResult {
    const incident = this.state.incident ?? "";
    return html`<p class="actions"><button class="primary" name="run-proposal" ?disabled=${this.#busy === one.id} @click=${() => void this.#act(one.id, () => runProposal(incident, one.id))}>${this.#busy === one.id ? t("plan.assessing") : t("proposal.run")}</button>
      <button name="decide-proposal" @click=${() => {
        const says = one.title?.text || word("proposal.reason", one.reason);
        setDuty({ deciding: { incident, proposal: one.id, says, approves: null } });
        showTab("decisions");
      }}>${t("proposal.decide")}</button>
      <button name="dismiss-proposal" aria-pressed=${this.#dismissing === one.id} @click=${() => {
        this.#dismissing = this.#dismissing === one.id ? null : one.id;
        this.requestUpdate();
      }}>${t("proposal.dismiss")}</button></p>
      ${
        this.#dismissing === one.id
          ? html`<form class="reason-form" @submit=${(event: Event) => {
              event.preventDefault();
              const reason = String(
                new FormData(event.target as HTMLFormElement).get("reason") ?? "",
              ).trim();
              if (reason) void this.#act(one.id, () => dismissProposal(incident, one.id, reason));
            }}><input name="reason" required maxlength="500" placeholder=${t("desk.reason")} aria-label=${t("desk.reason")} /><button>${t("proposal.dismiss")}</button></form>`
          : nothing
      }`;
  }

  async #act(id: string, work: () => Promise<void>): Promise<void> {
    this.#busy = id;
    this.requestUpdate();
    await work();
    this.#busy = null;
    this.#dismissing = null;
    this.requestUpdate();
  }
}

define("om-proposals", Proposals);
