/** What happened last in the incident that is shown, told by the journal. */
import { html, nothing, type TemplateResult } from "lit";
import { define } from "../panels/panel";
import { layerNamed } from "../store/state";
import { clock } from "../text/format";
import { t, word } from "../text/i18n";
import { WallPanel } from "./panel";

const SHOWN = 16;

class HallTicker extends WallPanel {
  static override reads = ["incident", "layers"] as const;
  static override wallReads = ["log"] as const;

  protected override render(): TemplateResult | typeof nothing {
    // A call sheet is thirty lines at once: what is told is how each call went.
    const log = this.wall.log.filter(({ layer, op }) => layer !== "call" || op !== "insert");
    if (this.state.incident === null) return nothing;
    return html`<h2>${t("hall.log")}</h2>
      <ul class="hall-rows log" data-gives="1" data-silent>${log.slice(0, SHOWN).map(
        (entry) => html`<li><time>${clock(Date.parse(entry.at))}</time>
        <span>${entry.said?.text || `${layerNamed(this.state, entry.layer)?.title ?? word("hall.table", entry.layer)} · ${word("hall.op", entry.op)}`}</span>
        <small>${entry.actor ?? ""}</small></li>`,
      )}</ul>`;
  }
}

define("om-hall-ticker", HallTicker);
