/** What has gone wrong, the newest first, each with its word and its shape; and what is due next. */
import { html, nothing, type TemplateResult } from "lit";
import type { Proposal } from "../api/readings";
import type { Call } from "../api/wire";
import { define } from "../panels/panel";
import { alertText } from "../store/tracking";
import { type Alarm, alarms, type DueNext, dueNext, watchAlarms } from "../store/wall_alarms";
import { ago, count, countdown, people } from "../text/format";
import { nameOf, t, word } from "../text/i18n";
import { WallPanel } from "./panel";
import "../style/hall_alarms.css";

/** So many are listed, the newest; the heading counts all. */
const SHOWN = 8;
/** So many places are named; the rest are counted. */
const NAMED = 2;

class HallAlarms extends WallPanel {
  static override reads = [
    "alerts",
    "calls",
    "duty",
    "incident",
    "incidents",
    "now",
    "replay",
    "skew_ms",
  ] as const;

  protected override firstUpdated(): void {
    watchAlarms();
  }

  protected override render(): TemplateResult | typeof nothing {
    const now = this.serverNow;
    const found = alarms(this.state, now);
    const next = dueNext(this.state, now);
    if (found.length === 0 && !next) return nothing;
    return html`${
      found.length > 0
        ? html`<h2 class="alarm"><i class="mark bad"></i>${t("hall.alarm.title")} <b>${count(found.length)}</b></h2>
      <ul class="hall-rows alarms" data-gives="4" data-keeps="3">${found.slice(0, SHOWN).map((one) => this.#row(one, now))}</ul>`
        : nothing
    }
      ${next ? this.#due(next, now) : nothing}`;
  }

  #row(alarm: Alarm, now: number): TemplateResult {
    const { said, more } = told(alarm);
    // Which incident it is of matters where several stand side by side.
    const of =
      alarm.incident && alarm.incident.id !== this.state.incident ? alarm.incident.title : "";
    return html`<li class="alarm-${alarm.is}"><i class="sign ${alarm.is}" aria-hidden="true"></i>
      <span><b class="kind">${word("hall.alarm", alarm.is)}</b> ${said}${more ? html`<small>${more}</small>` : nothing}${of ? html`<small>${of}</small>` : nothing}</span>
      <time>${ago((now - alarm.at) / 1000)}</time></li>`;
  }

  #due({ incident, one, near }: DueNext, now: number): TemplateResult {
    const left = countdown((Date.parse(one.due_at) - now) / 1000);
    const of = incident.id === this.state.incident ? "" : incident.title;
    return html`<p class="due ${near ? "near" : ""}"><i class="sign due" aria-hidden="true"></i><span>${t("hall.alarm.next")}<small>${one.title ?? ""}</small>${of ? html`<small>${of}</small>` : nothing}</span><time>${left}</time></p>`;
  }
}

function told(alarm: Alarm): { said: string; more: string } {
  if (alarm.is === "alert") return { said: alertText(alarm.one), more: "" };
  if (alarm.is === "missed") return { said: alarm.one.title ?? "", more: "" };
  if (alarm.is === "calls") return { said: t("hall.alarm.unanswered"), more: waiting(alarm.late) };
  return { said: alarm.one.title?.text ?? "", more: exposed(alarm.one) };
}

/** Who becomes exposed by what speaks against the plan. */
function exposed({ exposes, exposes_count, people: many }: Proposal): string {
  const all = exposes_count ?? exposes.length;
  if (all === 0) return t("hall.alarm.exposesNone");
  const names = exposes.slice(0, NAMED).map((one) => nameOf(one) ?? t("card.unnamed"));
  return `${t("hall.alarm.exposes", { count: count(all), people: people(many) })} ${listed(names, all)}`;
}

/** A wall names places and purposes, never the person or the number that is called. */
function waiting(late: readonly Call[]): string {
  const names = new Set(late.map(({ feature_name, purpose }) => feature_name ?? purpose.text));
  return listed([...names].slice(0, NAMED), names.size);
}

const listed = (names: readonly string[], all: number): string =>
  `${names.join(t("hall.alarm.and"))}${all > names.length ? ` +${count(all - names.length)}` : ""}`;

define("om-hall-alarms", HallAlarms);
