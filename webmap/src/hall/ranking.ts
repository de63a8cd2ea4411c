/** Hazard sources by district and grade, and who lives by them, the district with the most first. */
import { html, nothing, type TemplateResult } from "lit";
import "../panels/chart";
import { define } from "../panels/panel";
import { GRADES } from "../store/grades";
import { count, NUMERALS, people } from "../text/format";
import { nameOf, t } from "../text/i18n";
import { WallPanel } from "./panel";

const SHOWN = 6;
const TEXT_PX = 24;

class HallRanking extends WallPanel {
  static override reads = ["layers"] as const;
  static override wallReads = ["districts"] as const;

  protected override render(): TemplateResult | typeof nothing {
    const districts = this.wall.districts ?? [];
    if (districts.length === 0) return nothing;
    const bars = districts.slice(0, SHOWN).map((one) => ({
      name: nameOf(one) ?? (one.code || t("hall.district.none")),
      parts: one.by,
      said:
        one.people === null
          ? count(one.total)
          : `${count(one.total)} · ${t("hall.ranking.people", { count: people(one.people) })}`,
    }));
    const parts = [
      ...GRADES.map((grade) => ({ key: grade, title: NUMERALS[grade] ?? grade })),
      { key: "", title: t("hall.ungraded") },
    ];
    return html`<h2>${t("hall.ranking")} ${districts.some((one) => one.people !== null) ? html`<small>${t("hall.ranking.note")}</small>` : nothing}</h2><om-bar-chart .bars=${bars} .parts=${parts} .size=${TEXT_PX}></om-bar-chart>`;
  }
}

define("om-hall-ranking", HallRanking);
