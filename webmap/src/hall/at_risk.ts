/** People at risk by district and level, the district with the most first. */
import { html, nothing, type TemplateResult } from "lit";
import "../panels/chart";
import type { AtRisk } from "../api/walls";
import { define } from "../panels/panel";
import { activePlan } from "../store/state";
import { watchAtRisk } from "../store/wall_at_risk";
import { count, NUMERALS, people } from "../text/format";
import { nameOf, t } from "../text/i18n";
import { WallPanel } from "./panel";

const SHOWN = 4;
const TEXT_PX = 24;
/** The chart colours its parts as it does the grades of hazard sources: by their numerals. */
const PARTS = { red: "1", orange: "2", yellow: "3", blue: "4" } as const;

class HallAtRisk extends WallPanel {
  static override reads = ["incident", "assessments", "replay"] as const;
  static override wallReads = ["atRisk"] as const;

  protected override firstUpdated(): void {
    watchAtRisk();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { atRisk } = this.wall;
    const plan = activePlan(this.state);
    if (
      !plan ||
      this.state.replay ||
      atRisk?.assessment !== plan.id ||
      atRisk.districts.length === 0
    )
      return nothing;
    const { cut, districts, more } = atRisk;
    const left = Math.max(0, districts.length - SHOWN) + more;
    const parts = Object.entries(PARTS)
      .filter(([name]) => districts.some((one) => (one.people[name] ?? 0) > 0))
      .map(([, key]) => ({ key, title: NUMERALS[key] ?? key }));
    return html`<h2>${t("hall.risk")}${left > 0 ? html` <small>+${count(left)}</small>` : nothing}</h2><om-bar-chart .bars=${districts.slice(0, SHOWN).map((one) => bar(one, cut))} .parts=${parts} .size=${TEXT_PX}></om-bar-chart>`;
  }
}

function bar(one: AtRisk["districts"][number], cut: boolean) {
  const known = Object.values(one.people).reduce((all, some) => all + some, 0);
  const parts = Object.entries(PARTS).map(([name, key]) => [key, one.people[name] ?? 0]);
  const said = `${cut ? "≥ " : ""}${people(known)}`;
  return {
    name: nameOf(one) ?? one.code ?? t("hall.district.none"),
    parts: Object.fromEntries(parts) as Record<string, number>,
    said:
      one.unknown > 0 ? `${said} ${t("hall.risk.unknown", { count: count(one.unknown) })}` : said,
  };
}

define("om-hall-at-risk", HallAtRisk);
