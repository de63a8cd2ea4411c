import { html, nothing, type TemplateResult } from "lit";
import { sliceTimes } from "../api/assessment";
import { pressed } from "../store/coming";
import { play, showSlice } from "../store/slices";
import { activeIncident, activePlan, may } from "../store/state";
import { clock, countdown } from "../text/format";
import { t } from "../text/i18n";
import { define, Panel } from "./panel";

/** The line of time comes with its code; an empty bar stands there until then. */
const open = (): Promise<void> =>
  pressed(
    () => import("./replay"),
    ({ openReplay }) => openReplay(),
  );

/** The time slider: where the cloud is at each moment since the release began. */
class Timeline extends Panel {
  static override reads = [
    "incident",
    "incidents",
    "assessments",
    "slice",
    "playing",
    "session",
    "replay",
  ] as const;

  protected override render(): TemplateResult | typeof nothing {
    if (this.state.replay) return html`<om-replay></om-replay>`;
    if (!may(this.state, "incidents.read")) return nothing;
    return html`<section class="timeline" aria-label=${t("timeline.title")}>
      <button class="ghost" name="replay" @click=${() => void open()}>${t("timeline.replay")}</button>
      ${this.#moments()}
    </section>`;
  }

  /** The cloud's moments, where the plan has any. */
  #moments(): TemplateResult | typeof nothing {
    const plan = activePlan(this.state);
    const incident = activeIncident(this.state);
    const times = plan ? sliceTimes(plan) : [];
    if (!incident || times.length === 0) return nothing;
    const { slice, playing } = this.state;
    // Place 0 is the whole; the moments follow.
    const place = slice === null ? 0 : times.indexOf(slice) + 1;
    const start = Date.parse(incident.occurred_at);
    const shown =
      slice === null
        ? t("timeline.until", { after: countdown(times.at(-1)) })
        : t("timeline.moment", { after: countdown(slice), at: clock(start + slice * 1000) });
    return html`<button class="ghost" name="play" aria-pressed=${playing} @click=${play}>${playing ? t("timeline.hold") : t("timeline.play")}</button>
      <button class="ghost" name="whole" aria-pressed=${slice === null} @click=${() => showSlice(null)}>${t("timeline.whole")}</button>
      <input type="range" min="0" max=${times.length} step="1" .value=${String(place)} aria-label=${t("timeline.title")} aria-valuetext=${shown}
        @input=${(event: Event) => {
          const index = Number((event.target as HTMLInputElement).value);
          showSlice(index === 0 ? null : (times[index - 1] ?? null));
        }} />
      <output>${shown}</output>`;
  }
}

define("om-timeline", Timeline);
