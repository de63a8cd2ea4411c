/** What happened last in the incident that is shown, told by the journal. */
import { html, nothing, type TemplateResult } from "lit";
import type { LogEntry } from "../api/log";
import { define } from "../panels/panel";
import { layerNamed } from "../store/state";
import { clock } from "../text/format";
import { t, word } from "../text/i18n";
import { WallPanel } from "./panel";

const SHOWN = 16;

class HallTicker extends WallPanel {
  static override reads = ["incident", "layers", "tasks"] as const;
  static override wallReads = ["log"] as const;

  protected override render(): TemplateResult | typeof nothing {
    // A call sheet is thirty lines at once: what is told is how each call went.
    const log = this.wall.log.filter(({ layer, op }) => layer !== "call" || op !== "insert");
    if (this.state.incident === null) return nothing;
    return html`<h2>${t("hall.log")}</h2>
      <ul class="hall-rows log" data-gives="1" data-silent>${log.slice(0, SHOWN).map(
        (entry) => html`<li><time>${clock(Date.parse(entry.at))}</time>
        <span>${this.#said(entry)}</span>
        <small>${entry.actor ?? ""}</small></li>`,
      )}</ul>`;
  }

  /** The journal says what was done; which team it was is known here, to whoever may see it. */
  #said({ layer, op, feature, said }: LogEntry): string {
    const title = layerNamed(this.state, layer)?.title ?? word("hall.table", layer);
    const text = said?.text || `${title} · ${word("hall.op", op)}`;
    const tasks = this.state.tasks[this.state.incident ?? ""] ?? [];
    const who = layer === "task" ? tasks.find(({ id }) => id === feature)?.feature_name : null;
    return who && !text.includes(who) ? `${text} · ${who}` : text;
  }
}

define("om-hall-ticker", HallTicker);
