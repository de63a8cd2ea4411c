/** What a question about roads has answered, in figures: each line leads to its place. */
import { html, nothing, type TemplateResult } from "lit";
import { fly } from "../store/browse";
import type { ToldRow } from "../store/command";
import { t } from "../text/i18n";
import { define, Panel } from "./panel";

const SHOWN = 100;

class RoadAnswers extends Panel {
  static override reads = ["asked"] as const;

  protected override render(): TemplateResult | typeof nothing {
    const { told } = this.state.asked;
    if (!told) return nothing;
    return html`<h3>${told.title}</h3>
      ${(told.notes ?? []).map((note) => html`<p class="hint warn">${note}</p>`)}
      ${told.rows.length === 0 ? html`<p class="hint">${t("results.none")}</p>` : nothing}
      <ul class="told">${told.rows.slice(0, SHOWN).map(row)}</ul>
      ${told.rows.length > SHOWN ? html`<p class="hint">… ${told.rows.length - SHOWN}</p>` : nothing}`;
  }
}

function row({ name, note, value, at, band }: ToldRow): TemplateResult {
  const [lon, lat] = at ?? [];
  const text = html`${band === undefined ? nothing : html`<i class="band band-${band}"></i>`}<span class="name">${name}${note ? html`<small>${note}</small>` : nothing}</span><b>${value}</b>`;
  if (lon === undefined || lat === undefined) return html`<li>${text}</li>`;
  return html`<li><button class="row" @click=${() => fly({ to: "place", lon, lat, zoom: 15 })}>${text}</button></li>`;
}

define("om-road-answers", RoadAnswers);
