/** Drive a wall: show what is seen here, an incident, a kept view, or several in turn. */
import { html, nothing, type TemplateResult } from "lit";
import type { Incident } from "../api/wire";
import { activeIncident, openIncidents, store } from "../store/state";
import {
  bringOut,
  chooseWall,
  type Driving,
  driven,
  drivingStore,
  FIRST_WALL,
  letFollow,
  mayDrive,
  showIncident,
  showView,
  toggleDriving,
  type Wish,
} from "../store/walls";
import { stamp } from "../text/format";
import { t } from "../text/i18n";
import { localInput, typedMoment } from "../text/local_time";
import { define, Panel } from "./panel";
import "./show_on_wall_keys";
import "./show_on_wall_views";
import { ICONS } from "./icons";

class ShowOnWall extends Panel {
  static override reads = ["session", "incident", "incidents", "view"] as const;
  #leave: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#leave = drivingStore.subscribe(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#leave?.();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { open } = drivingStore.state;
    if (!open || !mayDrive()) return nothing;
    return html`<section class="wall-driver" aria-label=${t("wall.title")} @keydown=${closeOnEscape}>
      <header><h2>${t("wall.title")}</h2><button class="ghost" name="close" aria-label=${t("card.close")} @click=${() => void toggleDriving()}>${ICONS.close}</button></header>
      ${this.#which()}${this.#form()}<om-wall-views></om-wall-views><om-wall-keys></om-wall-keys></section>`;
  }

  #which(): TemplateResult {
    const { walls, name } = drivingStore.state;
    const mine = (walls ?? []).filter((one) => one.can_drive);
    const names = new Set([FIRST_WALL, ...mine.map((one) => one.name)]);
    const wall = driven();
    return html`<label>${t("wall.name")}<input name="wall" list="wall-names" autocomplete="off" maxlength="32" pattern="[a-z0-9][a-z0-9_\\-]{0,31}" .value=${name}
        @change=${(event: Event) => {
          const input = event.target as HTMLInputElement;
          if (input.reportValidity() && input.value !== "") chooseWall(input.value);
        }} /></label>
      <datalist id="wall-names">${[...names].map((one) => html`<option value=${one}></option>`)}</datalist>
      <p class="hint shown">${
        wall?.shown_at && (wall.view || wall.incident || wall.playlist.length > 0)
          ? t("wall.shown", { who: wall.shown_by ?? "", time: stamp(wall.shown_at) })
          : t("wall.shown.auto")
      }</p>`;
  }

  #form(): TemplateResult {
    const { busy, highlight } = drivingStore.state;
    const bring = (event: Event): void => bringOut(highlightOf(event));
    const incident = activeIncident(this.state);
    const others = openIncidents(this.state).filter(({ id }) => id !== incident?.id);
    return html`<form @submit=${(event: Event) => event.preventDefault()}>
      <label class="check"><input type="checkbox" name="layers" checked />${t("wall.layers")}</label>
      <label class="check"><input type="checkbox" name="flight" checked />${t("wall.flight")}</label>
      <label class="check"><input type="checkbox" name="highlight" .checked=${highlight !== null} @change=${bring} />${t("wall.highlight")}</label>
      <div class="pair"><label>${t("wall.highlight.text")}<input name="text" maxlength="80" autocomplete="off" .value=${highlight?.text ?? ""} @change=${bring} /></label>
        <label>${t("wall.highlight.radius")}<input name="radius" type="number" min="1" max="100000" step="any" .value=${highlight?.radius_m?.toString() ?? ""} @change=${bring} /></label></div>
      <label>${t("wall.second")}<select name="second" @change=${() => this.requestUpdate()}><option value="">${t("wall.second.auto")}</option><option value="context">${t("wall.second.context")}</option>
        ${incident ? html`<option value="time">${t("wall.second.time")}</option>` : nothing}
        ${others.map((one) => html`<option value=${one.id}>${one.title}</option>`)}</select></label>
      ${incident && this.#second() === "time" ? html`<label>${t("wall.second.at")}<input type="datetime-local" name="second-at" step="1" required .value=${localInput(this.#before(incident))} /></label>` : nothing}
      <div class="quick"><button class="primary" name="show-view" ?disabled=${busy} @click=${(event: Event) => void this.#show(event)}>${t("wall.show.view")}</button>
        <button name="show-incident" ?disabled=${busy || !incident} @click=${(event: Event) => void this.#showIncident(event)}>${t("wall.show.incident")}</button>
        <button name="follow" ?disabled=${busy} @click=${() => void letFollow()}>${t("wall.show.auto")}</button></div></form>`;
  }

  #second(): string {
    return this.querySelector<HTMLSelectElement>("[name=second]")?.value ?? "";
  }

  /** A moment to begin with: the one that this desk looks at, else when the incident began. */
  #before({ occurred_at }: Incident): string {
    const { replay } = this.state;
    return replay?.at ? new Date(replay.at).toISOString() : occurred_at;
  }

  async #show(event: Event): Promise<void> {
    const form = (event.target as HTMLElement).closest("form");
    if (form?.reportValidity()) await showView(wishOf(event));
  }

  async #showIncident(event: Event): Promise<void> {
    const form = (event.target as HTMLElement).closest("form");
    if (form?.reportValidity()) await showIncident(wishOf(event).second);
  }
}

function wishOf(event: Event): Wish {
  const form = (event.target as HTMLElement).closest("form");
  const data = new FormData(form ?? undefined);
  return {
    layers: data.get("layers") !== null,
    flight: data.get("flight") !== null,
    second: secondOf(String(data.get("second") ?? ""), String(data.get("second-at") ?? "")),
  };
}

function secondOf(chosen: string, at: string): Wish["second"] {
  if (chosen === "") return null;
  if (chosen === "context") return { show: "context" };
  if (chosen !== "time") return { show: "incident", incident: chosen };
  const { incident } = store.state;
  return { show: "time", at: typedMoment(at), ...(incident ? { incident } : {}) };
}

/** What is typed beside the box brings something out as the box does. */
function highlightOf(event: Event): Driving["highlight"] {
  const target = event.target as HTMLInputElement;
  const form = new FormData(target.closest("form") ?? undefined);
  const [text, radius] = ["text", "radius"].map((name) => String(form.get(name) ?? "").trim());
  const wanted = target.name === "highlight" ? target.checked : Boolean(text || radius);
  if (!wanted) return null;
  return { text: text ?? "", radius_m: Number(radius) > 0 ? Number(radius) : null };
}

function closeOnEscape(event: KeyboardEvent): void {
  if (event.key !== "Escape") return;
  event.stopPropagation();
  void toggleDriving();
}

define("om-show-on-wall", ShowOnWall);
