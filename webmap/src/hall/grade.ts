/** How grave an incident is, by the ladder that says most: each has its own name beside it. */
import { html, type TemplateResult } from "lit";
import type { Incident } from "../api/wire";
import { level } from "../panels/parts";
import { unapproved } from "../panels/unapproved";
import { t, word } from "../text/i18n";

const LADDER = [
  { field: "response_level", title: "hall.ladder.response" },
  { field: "accident_grade", title: "hall.ladder.accident" },
  { field: "warning_level", title: "hall.ladder.warning" },
] as const;

/** The colour of a numeral: accident grades, responses, warnings and hazard sources share it. */
export const LEVEL_OF: Readonly<Record<string, string>> = {
  "1": "red",
  "2": "orange",
  "3": "yellow",
  "4": "blue",
};

/** Accident grades have words of their own, responses and warnings numerals: they are never mixed. */
export function graveness(incident: Incident): TemplateResult | null {
  const found = LADDER.find(({ field }) => incident[field] !== null);
  if (!found) return null;
  const value = String(incident[found.field]);
  const said = found.field === "accident_grade" ? html`<b>${word("accident", value)}</b>` : "";
  return html`<span class="ladder">${level(LEVEL_OF[value] ?? "")}<span>${said}<small>${t(found.title)}</small>${unapproved(incident, found.field)}</span></span>`;
}
