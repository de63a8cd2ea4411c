/** What the accident may do to people and to its neighbours: deaths as a range, domino as links. */
import { html, nothing, type TemplateResult } from "lit";
import type { Assessment, Struck } from "../api/assessment";
import type { WireFeature } from "../api/wire";
import { focusOn, openCard } from "../store/browse";
import { layerNamed, type State } from "../store/state";
import { cited } from "../text/citation";
import { count, distance, minutes, people as rounded } from "../text/format";
import { nameOf, t, word } from "../text/i18n";
import { figure } from "./parts";
import { symbol } from "./symbol";

export function casualties(plan: Assessment): TemplateResult | typeof nothing {
  const { casualties: estimate } = plan;
  if (!estimate) return nothing;
  const { fatalities: deaths, sets } = estimate;
  const lines = sets.map(({ name, source, certainty }) =>
    cited(certainty ? `${name}: ${source} [${certainty}]` : `${name}: ${source}`),
  );
  const reasons = estimate.reason.map((line) => line.text || line.code).join(t("sentence.joint"));
  return html`<div class="harm"><small>${t("harm.deaths")}</small>
    ${figure(deaths ? range(deaths) : t("harm.none"), () => ({ title: t("harm.deaths"), models: [], lines }))}
    ${
      estimate.not_estimated > 0
        ? html`<p class="hint">${t("harm.notEstimated", { count: rounded(estimate.not_estimated) })}${reasons ? `${t("sentence.colon")}${reasons}` : ""}</p>`
        : html`<p class="hint">${reasons}</p>`
    }</div>`;
}

/** Nobody by every set is said so: "0 to 0" reads like a fault. */
function range({ low, central, high }: { low: number; central: number; high: number }): string {
  const [least, middle, most] = [low, central, high].map(rounded);
  if (most === "0") return t("harm.zero");
  if (least === most) return t("people.count", { count: most ?? "" });
  return t("harm.range", { low: least ?? "", high: most ?? "", central: middle ?? "" });
}

export function domino(plan: Assessment, state: State): TemplateResult | typeof nothing {
  const { domino: chain } = plan;
  if (!chain || !plan.zones.features.some(strikes)) return nothing;
  return html`<section class="domino"><h3>${t("harm.domino")} ${chain.count > 0 ? html`<b>${count(chain.count)}</b>` : nothing}</h3>
    ${chain.count === 0 ? html`<p class="hint">${t("harm.domino.none")}</p>` : nothing}
    <ul>${chain.units.map((unit) => link(unit, state))}</ul>
    ${chain.cut ? html`<p class="hint">${t("harm.cut")}</p>` : nothing}</section>`;
}

/** Heat and blast break vessels; a poison or a flood does not. */
function strikes({ properties: { hazard } }: WireFeature): boolean {
  return hazard === "thermal" || hazard === "overpressure";
}

function link(unit: Struck, state: State): TemplateResult {
  const details = [
    t("harm.depth", { depth: unit.depth }),
    word("hazard", unit.cause),
    unit.substance ?? "",
    distance(unit.distance_m),
    unit.time_to_failure_s === null
      ? ""
      : t("harm.fails", { minutes: minutes(unit.time_to_failure_s) }),
  ];
  return html`<li><button class="row" @click=${() => {
    focusOn(unit.layer, unit.id, unit.lon, unit.lat);
    void openCard(unit.layer, unit.id);
  }}>${symbol(unit.layer)}<span class="name">${nameOf({ name: unit.name }) ?? layerNamed(state, unit.layer)?.title ?? unit.layer}<small>${details.filter(Boolean).join(" · ")}</small></span></button></li>`;
}
