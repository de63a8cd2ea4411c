/** Everything about roads: close one, find a way, how far one comes, who is covered, what cuts. */
import { html, nothing, type TemplateResult } from "lit";
import {
  askMode,
  askRoads,
  clearAsked,
  editAsked,
  pickEnd,
  ROAD_MODES,
  SERVING,
} from "../store/asked";
import { type Asked, VEHICLES, type Vehicle } from "../store/command";
import { activeIncident } from "../store/state";
import { TOOL } from "../store/ways";
import { place } from "../text/format";
import { t, word } from "../text/i18n";
import "./closing";
import { define, Panel } from "./panel";
import "./road_answers";
import { wayList } from "./ways";

const NEEDS_START: ReadonlySet<Asked["mode"]> = new Set(["route", "reach"]);

class Roads extends Panel {
  static override reads = ["asked", "ways", "incident", "incidents", "drawing"] as const;

  protected override render(): TemplateResult {
    const { asked } = this.state;
    return html`<h2>${t("drawer.roads")}</h2>
      <div class="segments modes" role="tablist">${ROAD_MODES.map((mode) => html`<button role="tab" name="mode-${mode}" aria-selected=${asked.mode === mode} @click=${() => askMode(mode)}>${t(`roads.${mode}`)}</button>`)}</div>
      ${asked.mode === "closing" ? html`<om-closing></om-closing>` : this.#question(asked)}`;
  }

  #question(asked: Asked): TemplateResult {
    const incident = activeIncident(this.state);
    const ready = canAsk(asked, incident !== null);
    return html`<form class="roads" @submit=${(event: Event) => {
      event.preventDefault();
      void askRoads();
    }}>
      ${NEEDS_START.has(asked.mode) ? this.#end("from", asked) : nothing}
      ${asked.mode === "route" ? this.#end("to", asked) : nothing}
      ${
        asked.mode === "cordon"
          ? nothing
          : html`<label>${t("roads.vehicle")}<select name="vehicle" @change=${(event: Event) => editAsked({ vehicle: (event.target as HTMLSelectElement).value as Vehicle })}>
        ${VEHICLES.map((vehicle) => html`<option value=${vehicle} ?selected=${vehicle === asked.vehicle}>${word("vehicle", vehicle)}</option>`)}</select></label>`
      }
      ${asked.mode === "coverage" ? html`<label>${t("coverage.serving")}<select name="serving" @change=${(event: Event) => editAsked({ serving: (event.target as HTMLSelectElement).value })}>${SERVING.map((one) => html`<option value=${one} ?selected=${one === asked.serving}>${word("serving", one)}</option>`)}</select></label>` : nothing}
      ${incident ? html`<p class="hint">${t(asked.mode === "cordon" ? "cordon.hint" : "roads.closed", { title: incident.title })}</p>` : nothing}
      ${asked.mode === "cordon" && !incident ? html`<p class="hint">${t("cordon.needs")}</p>` : nothing}
      <footer class="decide"><button type="button" @click=${clearAsked}>${t("roads.clear")}</button>
        <button class="primary" name="ask-roads" ?disabled=${!ready || asked.busy}>${asked.busy ? t("query.asking") : t(`roads.ask.${asked.mode as "route"}`)}</button></footer>
    </form>
    ${asked.mode === "route" && this.state.ways?.of === TOOL ? wayList(this.state.ways) : nothing}
    ${asked.mode === "route" ? nothing : html`<om-road-answers></om-road-answers>`}`;
  }

  #end(name: "from" | "to", asked: Asked): TemplateResult {
    const at = asked[name];
    return html`<label>${t(`roads.${name}`)}<button type="button" class="wide" name="pick-${name}" @click=${() => pickEnd(name)}>${at ? place(at[0] ?? 0, at[1] ?? 0) : t("roads.pick")}</button></label>`;
  }
}

function canAsk({ mode, from, to }: Asked, incident: boolean): boolean {
  if (mode === "cordon") return incident;
  if (mode === "route") return from !== null && to !== null;
  return mode === "reach" ? from !== null : true;
}

define("om-roads", Roads);
