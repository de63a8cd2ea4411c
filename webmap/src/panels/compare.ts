/** What if: other wind, amount or model beside the plan, what differs, and one taken as the plan. */
import { html, nothing, type TemplateResult } from "lit";
import type { ComparedTarget, Comparison, Run } from "../api/compare";
import type { Incident } from "../api/wire";
import { setDuty } from "../store/duty";
import { baseOf, noInputs, type RunInputs, runBody } from "../store/run_inputs";
import { activePlan } from "../store/state";
import { compareTwin } from "../store/twin";
import { accept, compare, letGo, tryRun } from "../store/what_if";
import { area, clock, distance, minutes, people, quantity } from "../text/format";
import { nameOf, t, word } from "../text/i18n";
import { IncidentPart } from "./incident_part";
import { define } from "./panel";
import { level } from "./parts";
import { runFields } from "./run_form";

class Compare extends IncidentPart {
  static override parts = ["runs"] as const;
  static override reads = [...IncidentPart.reads, "twin"] as (typeof IncidentPart)["reads"];
  #a: string | null = null;
  #b: string | null = null;
  #inputs: RunInputs = noInputs;
  #of: string | null = null;
  #label = "";
  #busy = false;

  protected override begin(): void {
    this.#a = null;
    this.#b = null;
    this.#of = null;
    setDuty({ comparison: null });
    this.#together(null);
  }

  /** Both maps follow what is compared; of other things side by side they are left alone. */
  #together(found: Comparison | null): void {
    if (this.state.twin?.left.is === "plan") this.#twin(found);
  }

  /** Each run on a map of its own. */
  #twin(found: Comparison | null): void {
    const { shown } = this;
    const side = (run: Run) => ({
      is: "plan" as const,
      incident: shown?.id ?? "",
      id: run.id,
      label: named(run),
    });
    compareTwin(found && shown ? { left: side(found.a), right: side(found.b) } : null);
  }

  /** A question starts from the plan in force until another run is chosen. */
  protected override willUpdate(): void {
    super.willUpdate();
    const plan = activePlan(this.state);
    if (!plan || plan.id === this.#of) return;
    this.#of = plan.id;
    this.#inputs = {
      ...this.#inputs,
      base: baseOf(plan.id, this.state.duty.corrections[this.shown?.id ?? ""]),
    };
  }

  protected override render(): TemplateResult | typeof nothing {
    const { shown } = this;
    if (!shown) return nothing;
    const { comparison, runs } = this.state.duty;
    const held = runs[shown.id];
    return html`${this.may("incidents.write") && shown.status !== "closed" ? this.#form(shown, held ?? []) : nothing}
      ${this.#release(shown)}
      ${held === undefined ? html`<p class="hint">${t("desk.reading")}</p>` : nothing}
      ${held && held.length < 2 ? html`<p class="hint">${t("compare.wants")}</p>` : nothing}
      ${held && held.length > 1 ? this.#choice(held, shown) : nothing}
      ${comparison ? this.#shown(comparison, shown) : nothing}`;
  }

  #form(incident: Incident, runs: readonly Run[]): TemplateResult {
    return html`<form class="what-if" @submit=${(event: Event) => void this.#try(event, incident)}>
      <p class="hint">${t("compare.hint")}</p><div class="pair">
      ${runFields(
        incident.kind,
        this.#inputs,
        runs.map((run) => ({ id: run.id, title: named(run) })),
        (patch) => {
          this.#inputs = { ...this.#inputs, ...patch };
          this.requestUpdate();
        },
      )}
      <label>${t("compare.label")}<input name="label" maxlength="80" .value=${this.#label} @input=${(
        event: Event,
      ) => {
        this.#label = (event.target as HTMLInputElement).value;
      }} /></label></div>
      <button class="primary wide" name="try" ?disabled=${this.#busy}>${this.#busy ? t("plan.assessing") : t("compare.try")}</button></form>`;
  }

  async #try(event: Event, incident: Incident): Promise<void> {
    event.preventDefault();
    if (this.#busy) return;
    this.#busy = true;
    this.requestUpdate();
    const made = await tryRun(incident.id, {
      ...runBody(this.#inputs),
      ...(this.#label.trim() ? { label: this.#label.trim() } : {}),
    });
    this.#busy = false;
    if (made) {
      this.#label = "";
      const base = this.#inputs.base || (activePlan(this.state)?.id ?? "");
      if (base) await this.#compare(incident, base, made);
    }
    this.requestUpdate();
  }

  #choice(runs: readonly Run[], incident: Incident): TemplateResult {
    const choose = (side: "a" | "b"): TemplateResult => {
      const chosen = side === "a" ? this.#a : this.#b;
      return html`<label>${t(`compare.${side}`)}<select name=${`run-${side}`} @change=${(
        event: Event,
      ) => {
        const { value } = event.target as HTMLSelectElement;
        void this.#compare(
          incident,
          side === "a" ? value : (this.#a ?? ""),
          side === "b" ? value : (this.#b ?? ""),
        );
      }}><option value=""></option>${runs.map((run) => html`<option value=${run.id} ?selected=${run.id === chosen}>${named(run)}</option>`)}</select></label>`;
    };
    return html`<div class="pair">${choose("a")}${choose("b")}</div>`;
  }

  async #compare(incident: Incident, a: string, b: string): Promise<void> {
    this.#a = a || null;
    this.#b = b || null;
    if (a && b && a !== b) await compare(incident.id, a, b);
    else setDuty({ comparison: null });
    this.#together(this.state.duty.comparison);
    this.requestUpdate();
  }

  #shown(found: Comparison, incident: Incident): TemplateResult {
    const { a, b } = found;
    const row = (title: unknown, left: string, right: string): TemplateResult =>
      html`<tr class=${left === right ? "" : "differs"}><th scope="row">${title}</th><td>${left}</td><td>${right}</td></tr>`;
    return html`<table class="compared"><thead><tr><td></td><th scope="col">${named(a)}</th><th scope="col">${named(b)}</th></tr></thead><tbody>
      ${found.inputs.map((one) => row(word("input", one.field), quantity(one.a, one.unit), quantity(one.b, one.unit)))}
      ${found.zones.map((zone) => row(html`${level(zone.level)} ${word("hazard", zone.hazard)}`, extent(zone.a), extent(zone.b)))}
      ${found.people.map((one) => row(html`${level(one.level)} ${t("zone.people")}`, people(one.a), people(one.b)))}
      ${row(t("plan.exposedPeople"), people(found.total.a.people), people(found.total.b.people))}
      ${found.arrivals.map((one) => row(t("compare.first", { layer: layerTitle(this.state.layers, one.layer) }), comes(one.a), comes(one.b)))}</tbody></table>
      ${targets(t("compare.gained"), found.targets.gained)}${targets(t("compare.lost"), found.targets.lost)}${targets(t("compare.changed"), found.targets.changed)}
      ${this.#twinButton(found)}
      ${this.may("incidents.write") ? html`<p class="actions">${[a, b].map((run) => (run.plan ? html`<span class="good">${t("compare.inForce", { run: named(run) })}</span>` : html`<button name="accept" @click=${() => void this.#accept(incident, run.id)}>${t("compare.accept", { run: named(run) })}</button>`))}</p>` : nothing}`;
  }

  #twinButton(found: Comparison): TemplateResult {
    const open = this.state.twin?.left.is === "plan";
    return html`<button class="wide" name="twin-plans" aria-pressed=${open} @click=${() => this.#twin(open ? null : found)}>${t("compare.twin")}</button>`;
  }

  /** A plan that somebody took holds whatever is computed later, until it is let go. */
  #release(incident: Incident): TemplateResult | typeof nothing {
    if (!incident.plan_id || incident.status === "closed" || !this.may("incidents.write"))
      return nothing;
    return html`<p class="actions held"><span class="hint">${t("compare.held")}</span><button name="release-plan" @click=${() => void letGo(incident.id, incident.plan_id)}>${t("compare.release")}</button></p>`;
  }

  async #accept(incident: Incident, run: string): Promise<void> {
    if ((await accept(incident.id, run, incident.plan_id)) && this.#a && this.#b)
      await compare(incident.id, this.#a, this.#b);
    this.requestUpdate();
  }
}

function named({ label, created_at, plan, what_if }: Run): string {
  const what = label ?? (what_if ? t("compare.whatIf") : t("compare.plan"));
  const at = created_at ? clock(Date.parse(created_at)) : "";
  return [plan ? "★" : "", what, at].filter(Boolean).join(" ");
}

function layerTitle(
  layers: readonly { name: string; title: string | null }[],
  name: string,
): string {
  return layers.find((one) => one.name === name)?.title ?? name;
}

function extent(zone: Comparison["zones"][number]["a"]): string {
  return zone ? `${distance(zone.distance_m)} · ${area(zone.area_m2)}` : "—";
}

function comes(arrival: Comparison["arrivals"][number]["a"]): string {
  if (!arrival || arrival.travel_time_s === null) return "—";
  return `${minutes(arrival.travel_time_s)} ${arrival.name ?? ""}`;
}

function targets(title: string, list: readonly ComparedTarget[]): TemplateResult | typeof nothing {
  if (list.length === 0) return nothing;
  return html`<details><summary>${t("plan.counted", { label: title, count: list.length })}</summary><ul class="compared-targets">${list.slice(0, 100).map((one) => html`<li>${one.level ? level(one.level) : nothing} <span class="name">${nameOf(one) ?? t("card.unnamed")}</span> <small>${people(one.people)}</small></li>`)}</ul></details>`;
}

define("om-compare", Compare);
