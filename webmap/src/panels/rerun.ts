/** The same incident once more with another wind, release, fuel, water level or model. */
import { html, nothing, type TemplateResult } from "lit";
import type { Incident } from "../api/wire";
import "../text/desk_words";
import { assess } from "../store/incidents";
import { baseOf, noInputs, type RunInputs, runBody } from "../store/run_inputs";
import { activeIncident, activePlan } from "../store/state";
import { clock } from "../text/format";
import { t } from "../text/i18n";
import { define, Panel } from "./panel";
import { type Base, runFields } from "./run_form";

class Rerun extends Panel {
  static override reads = ["incident", "incidents", "assessments", "assessing", "duty"] as const;
  #of: string | null = null;
  #inputs: RunInputs = noInputs;

  protected override willUpdate(): void {
    const { incident, duty } = this.state;
    const plan = activePlan(this.state);
    if (plan === null || plan.id === this.#of) return;
    this.#of = plan.id;
    this.#inputs = { ...noInputs, base: baseOf(plan.id, duty.corrections[incident ?? ""]) };
  }

  protected override render(): TemplateResult | typeof nothing {
    const incident = activeIncident(this.state);
    if (!incident) return nothing;
    const plan = activePlan(this.state);
    const busy = this.state.assessing.has(incident.id);
    const at = plan && (plan.created_at ?? plan.at);
    const bases: Base[] = plan
      ? [{ id: plan.id, title: t("plan.at", { time: at ? clock(Date.parse(at)) : "" }) }]
      : [];
    return html`<form class="rerun" aria-label=${t("plan.rerun.title")} @submit=${(
      event: Event,
    ) => {
      event.preventDefault();
      void this.#again(incident);
    }}>${runFields(incident.kind, this.#inputs, bases, (patch) => {
      this.#inputs = { ...this.#inputs, ...patch };
      this.requestUpdate();
    })}
      <button class="primary" ?disabled=${busy}>${busy ? t("plan.assessing") : t("plan.rerun.go")}</button></form>`;
  }

  async #again(incident: Incident): Promise<void> {
    if (await assess(incident.id, runBody(this.#inputs))) this.dispatchEvent(new Event("done"));
  }
}

define("om-rerun", Rerun);
