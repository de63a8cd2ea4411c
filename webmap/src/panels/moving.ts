/** Vehicles and people: alerts first, then each with its age; the track of the one that is pressed. */
import { html, nothing, type TemplateResult } from "lit";
import type { Alert, Mover } from "../api/positions";
import { fly } from "../store/browse";
import { freshness } from "../store/freshness";
import { activeIncident } from "../store/state";
import { acknowledge, alertText, closeTrack, isWaiting, openTrack } from "../store/tracking";
import { ago, clock, distance } from "../text/format";
import { t, word } from "../text/i18n";
import { define, Panel } from "./panel";
import { sign } from "./symbol";

const SHOWN = 200;
const HOURS = [1, 4, 24];

class Moving extends Panel {
  static override reads = ["movers", "alerts", "tracked", "now", "incident"] as const;
  #typed = "";

  protected override render(): TemplateResult {
    const now = this.state.now + this.state.skew_ms;
    const waiting = this.state.alerts.filter(isWaiting);
    const all = [...this.state.movers.values()];
    const opened = this.state.tracked?.mover;
    const found = all
      .filter((one) => matches(one, this.#typed))
      .sort(
        // The one that is open stays in sight; the rest by who was heard of last.
        (a, b) => Number(b.id === opened) - Number(a.id === opened) || b.seenAt - a.seenAt,
      );
    const stale = all.filter((one) => freshness((now - one.seenAt) / 1000) === "stale").length;
    return html`<h2>${t("drawer.moving")}</h2>
      ${waiting.length > 0 ? html`<h3>${t("alert.title", { count: waiting.length })}</h3><ul class="alerts">${waiting.map((one) => this.#alert(one))}</ul>` : nothing}
      ${activeIncident(this.state)?.exercise ? html`<p class="warn">${t("track.exercise")}</p>` : nothing}
      <p class="hint">${t("track.counts", { count: all.length, stale })}</p>
      <input type="search" name="mover" placeholder=${t("track.find")} aria-label=${t("track.find")} @input=${(event: Event) => this.#find(event)} />
      ${all.length === 0 ? html`<p class="hint">${t("track.none")}</p>` : nothing}
      <ul class="movers">${found.slice(0, SHOWN).map((one) => this.#row(one, now))}</ul>
      ${found.length > SHOWN ? html`<p class="hint">… ${found.length - SHOWN}</p>` : nothing}`;
  }

  #find(event: Event): void {
    this.#typed = (event.target as HTMLInputElement).value.trim().toLowerCase();
    this.requestUpdate();
  }

  #alert(one: Alert): TemplateResult {
    return html`<li class="alert" data-alert=${one.kind}><button class="row" title=${t("track.show")} @click=${() => showAlert(one)}><span class="name">${alertText(one)}
        ${one.opened_at ? html`<small>${clock(Date.parse(one.opened_at))}</small>` : nothing}</span></button>
      <button name="acknowledge" @click=${() => void acknowledge(one)}>${t("alert.acknowledge")}</button></li>`;
  }

  #row(one: Mover, now: number): TemplateResult {
    const age = (now - one.seenAt) / 1000;
    const tone = freshness(age);
    const open = this.state.tracked?.mover === one.id;
    return html`<li class="mover ${tone}"><button class="row" aria-expanded=${open} @click=${() => press(one, open)}>
      ${sign(`mover-${one.profile ?? one.kind}`, 24)}
      <span class="name">${one.name ?? one.plate ?? one.id}<small>${[one.name ? one.plate : null, speed(one)].filter(Boolean).join(" · ")}</small></span>
      <span class="age">${tone === "stale" ? html`<b>${t("track.stale")}</b> ` : nothing}${ago(age)}</span></button>
      ${open ? this.#track() : nothing}</li>`;
  }

  #track(): TemplateResult {
    const { track = null, hours = 1, mover = "" } = this.state.tracked ?? {};
    const choice = html`<div class="quick" role="group" aria-label=${t("track.hours")}>${HOURS.map((one) => html`<button name="hours-${one}" aria-pressed=${one === hours} @click=${() => void openTrack(mover, one)}>${one} h</button>`)}</div>`;
    if (!track) return html`<p class="hint" role="status">${t("track.asking")}</p>`;
    return html`${choice}<dl class="fields"><dt>${t("track.mileage")}</dt><dd>${distance(track.mileage_m)}</dd>
      ${track.gap_count > 0 ? html`<dt>${t("track.gaps")}</dt><dd class="warn">${track.gap_count}</dd>` : nothing}
      ${track.jump_count > 0 ? html`<dt>${t("track.jumps")}</dt><dd class="warn">${track.jump_count}</dd>` : nothing}</dl>
      ${track.line ? nothing : html`<p class="hint">${t("track.empty")}</p>`}`;
  }
}

function matches({ name, plate, id }: Mover, typed: string): boolean {
  return typed === "" || [name, plate, id].some((one) => one?.toLowerCase().includes(typed));
}

function speed({ speed_m_s, kind }: Mover): string {
  if (speed_m_s === null) return word("mover", kind);
  return `${Math.round(speed_m_s * 3.6)} km/h`;
}

/** Where it happened, and where the vehicle has been. */
function showAlert({ lon, lat, tracker }: Alert): void {
  if (lon !== null && lat !== null) fly({ to: "place", lon, lat, zoom: 15 });
  void openTrack(tracker);
}

function press(one: Mover, open: boolean): void {
  if (open) {
    closeTrack();
    return;
  }
  fly({ to: "place", lon: one.lon, lat: one.lat, zoom: 15 });
  void openTrack(one.id);
}

define("om-moving", Moving);
