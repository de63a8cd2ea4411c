/** The next report that is due, counted down: amber in its last quarter, red and worded once missed. */
import { html, nothing, type TemplateResult } from "lit";
import type { Deadline } from "../api/deadline";
import { nextDue, urgency } from "../store/due";
import { countdown } from "../text/format";
import { t, word } from "../text/i18n";
import "../text/desk_words";
import { define, Panel } from "./panel";

export function deadlineName({ what, channel, addressee }: Deadline): string {
  const by = channel === "any" ? "" : word("deadline.by", channel);
  return [word("deadline.what", what), by, word("deadline.to", addressee)]
    .filter(Boolean)
    .join(" · ");
}

export function remaining(one: Deadline, now: number): string {
  const left = (Date.parse(one.due_at) - now) / 1000;
  return left < 0
    ? t("deadline.over", { by: countdown(-left) })
    : t("deadline.left", { left: countdown(left) });
}

class DeadlineBadge extends Panel {
  static override reads = ["duty", "now", "skew_ms"] as const;
  static override properties = { incident: { attribute: true } };
  declare incident: string;

  protected override render(): TemplateResult | typeof nothing {
    const now = this.state.now + this.state.skew_ms;
    const due = this.state.duty.deadlines[this.incident];
    const next = nextDue(due?.deadlines ?? [], now);
    if (!due || !next) return nothing;
    const how = urgency(next, due.received_at, now);
    return html`<span class="deadline ${how}" title=${deadlineName(next)}>${word("deadline.what", next.what)} ${remaining(next, now)}</span>`;
  }
}

define("om-deadline", DeadlineBadge);
