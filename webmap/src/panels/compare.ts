/** What if: other wind, amount or model beside the plan, what differs, and one taken as the plan. */
import { html, nothing, type TemplateResult } from "lit";
import type { ComparedTarget, Comparison, Run } from "../api/compare";
import type { Incident } from "../api/wire";
import { setDuty } from "../store/duty";
import { LEAKS, RELEASES_SUBSTANCE, windBody } from "../store/report";
import { accept, compare, tryRun } from "../store/what_if";
import { area, clock, distance, minutes, people, quantity } from "../text/format";
import { nameOf, t, word } from "../text/i18n";
import { typed } from "./behaviour";
import { IncidentPart } from "./incident_part";
import { define } from "./panel";
import { level } from "./parts";

class Compare extends IncidentPart {
  static override parts = ["runs"] as const;
  #a: string | null = null;
  #b: string | null = null;
  #speed: number | null = null;
  #from: number | null = null;
  #leak = "";
  #label = "";
  #busy = false;

  protected override begin(): void {
    this.#a = null;
    this.#b = null;
    setDuty({ comparison: null });
  }

  protected override render(): TemplateResult | typeof nothing {
    const { shown } = this;
    if (!shown) return nothing;
    const { comparison, runs } = this.state.duty;
    const held = runs[shown.id];
    return html`${this.may("incidents.write") && shown.status !== "closed" ? this.#form(shown) : nothing}
      ${held === undefined ? html`<p class="hint">${t("desk.reading")}</p>` : nothing}
      ${held && held.length < 2 ? html`<p class="hint">${t("compare.wants")}</p>` : nothing}
      ${held && held.length > 1 ? this.#choice(held, shown) : nothing}
      ${comparison ? this.#shown(comparison, shown) : nothing}`;
  }

  #form(incident: Incident): TemplateResult {
    return html`<form class="what-if" @submit=${(event: Event) => void this.#try(event, incident)}>
      <p class="hint">${t("compare.hint")}</p><div class="pair">
      <label>${t("report.wind.speed")}<input type="number" name="if_speed" min="0" max="100" step="any" .value=${String(this.#speed ?? "")} @input=${(
        event: Event,
      ) => {
        this.#speed = typed(event);
      }} /></label>
      <label>${t("report.wind.from")}<input type="number" name="if_from" min="0" max="360" step="any" .value=${String(this.#from ?? "")} @input=${(
        event: Event,
      ) => {
        this.#from = typed(event);
      }} /></label>
      ${
        RELEASES_SUBSTANCE.has(incident.kind)
          ? html`<label>${t("report.leak")}<select name="if_leak" @change=${(event: Event) => {
              this.#leak = (event.target as HTMLSelectElement).value;
            }}><option value=""></option>${LEAKS.map((size) => html`<option value=${size} ?selected=${size === this.#leak}>${t(`report.leak.${size}`)}</option>`)}</select></label>`
          : nothing
      }
      <label>${t("compare.label")}<input name="label" maxlength="80" .value=${this.#label} @input=${(
        event: Event,
      ) => {
        this.#label = (event.target as HTMLInputElement).value;
      }} /></label></div>
      <button class="primary wide" name="try" ?disabled=${this.#busy}>${this.#busy ? t("plan.assessing") : t("compare.try")}</button></form>`;
  }

  async #try(event: Event, incident: Incident): Promise<void> {
    event.preventDefault();
    const weather = windBody(this.#speed, this.#from);
    if (this.#busy) return;
    this.#busy = true;
    this.requestUpdate();
    const made = await tryRun(incident.id, {
      ...(weather ? { weather } : {}),
      ...(this.#leak ? { release: { leak: this.#leak } } : {}),
      ...(this.#label.trim() ? { label: this.#label.trim() } : {}),
    });
    this.#busy = false;
    if (made) {
      this.#label = "";
      const others = (this.state.duty.runs[incident.id] ?? []).filter(({ id }) => id !== made);
      const [base] = [...others.filter(({ plan }) => plan), ...others];
      if (base) await this.#compare(incident, base.id, made);
    }
    this.requestUpdate();
  }

  #choice(runs: readonly Run[], incident: Incident): TemplateResult {
    const choose = (side: "a" | "b"): TemplateResult => {
      const chosen = side === "a" ? this.#a : this.#b;
      return html`<select name=${`run-${side}`} aria-label=${t(`compare.${side}`)} @change=${(
        event: Event,
      ) => {
        const { value } = event.target as HTMLSelectElement;
        void this.#compare(
          incident,
          side === "a" ? value : (this.#a ?? ""),
          side === "b" ? value : (this.#b ?? ""),
        );
      }}><option value=""></option>${runs.map((run) => html`<option value=${run.id} ?selected=${run.id === chosen}>${named(run)}</option>`)}</select>`;
    };
    return html`<div class="pair">${choose("a")}${choose("b")}</div>`;
  }

  async #compare(incident: Incident, a: string, b: string): Promise<void> {
    this.#a = a || null;
    this.#b = b || null;
    if (a && b && a !== b) await compare(incident.id, a, b);
    else setDuty({ comparison: null });
    this.requestUpdate();
  }

  #shown(found: Comparison, incident: Incident): TemplateResult {
    const { a, b } = found;
    const row = (title: unknown, left: string, right: string): TemplateResult =>
      html`<tr class=${left === right ? "" : "differs"}><th scope="row">${title}</th><td>${left}</td><td>${right}</td></tr>`;
    return html`<table class="compared"><thead><tr><td></td><th scope="col">${named(a)}</th><th scope="col">${named(b)}</th></tr></thead><tbody>
      ${found.inputs.map((one) => row(word("assumed", one.field) === one.field ? word("model.input", one.field) : word("assumed", one.field), quantity(one.a, one.unit), quantity(one.b, one.unit)))}
      ${found.zones.map((zone) => row(html`${level(zone.level)} ${word("hazard", zone.hazard)}`, extent(zone.a), extent(zone.b)))}
      ${found.people.map((one) => row(html`${level(one.level)} ${t("zone.people")}`, people(one.a), people(one.b)))}
      ${row(t("plan.exposedPeople"), people(found.total.a.people), people(found.total.b.people))}
      ${found.arrivals.map((one) => row(t("compare.first", { layer: layerTitle(this.state.layers, one.layer) }), comes(one.a), comes(one.b)))}</tbody></table>
      ${targets(t("compare.gained"), found.targets.gained)}${targets(t("compare.lost"), found.targets.lost)}${targets(t("compare.changed"), found.targets.changed)}
      ${this.may("incidents.write") ? html`<p class="actions">${[a, b].map((run) => (run.plan ? html`<span class="good">${t("compare.inForce", { run: named(run) })}</span>` : html`<button name="accept" @click=${() => void this.#accept(incident, run.id)}>${t("compare.accept", { run: named(run) })}</button>`))}</p>` : nothing}`;
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
