/** Close a road and list those that are closed: who closed it, since when, and lifting it again. */
import { html, nothing, type TemplateResult } from "lit";
import type { Closure } from "../api/closures";
import { fly } from "../store/browse";
import {
  beginClosing,
  CLOSURE_KINDS,
  cancelClosing,
  drawClosing,
  editClosing,
  lift,
  sendClosure,
} from "../store/closures";
import type { Closing } from "../store/command";
import { boxOf } from "../store/geodesy";
import { activeIncident, may } from "../store/state";
import { clock, day } from "../text/format";
import { t, word } from "../text/i18n";
import { define, Panel } from "./panel";
import { sign } from "./symbol";

const SHAPES = ["point", "line", "polygon"] as const;
const HOURS = [null, 1, 4, 12, 24] as const;

class ClosingPanel extends Panel {
  static override reads = [
    "closures",
    "closing",
    "drawing",
    "incident",
    "incidents",
    "session",
  ] as const;

  protected override render(): TemplateResult {
    const { closures, closing } = this.state;
    return html`${closing ? this.#form(closing) : nothing}
      ${!closing && may(this.state, "roads.close") ? html`<button class="primary wide" name="close-road" @click=${beginClosing}>${t("closing.begin")}</button>` : nothing}
      <h3>${t("closing.list")}</h3>
      ${closures === null ? html`<p class="hint">${t("layers.loading")}</p>` : nothing}
      ${closures?.length === 0 ? html`<p class="hint">${t("closing.none")}</p>` : nothing}
      <ul class="closures">${(closures ?? []).map((closure) => this.#row(closure))}</ul>`;
  }

  #form(form: Closing): TemplateResult {
    const { drawing } = this.state;
    const incident = activeIncident(this.state);
    return html`<form class="closing" @submit=${(event: Event) => {
      event.preventDefault();
      void sendClosure();
    }}><h3>${t("closing.begin")}</h3>
      <div class="segments" role="group" aria-label=${t("closing.where")}>${SHAPES.map((shape) => html`<button type="button" name="draw-${shape}" aria-pressed=${drawing?.shape === shape} @click=${() => drawClosing(shape)}>${t(`closing.draw.${shape}`)}</button>`)}</div>
      <output class=${form.geometry ? "place" : "wanted"}>${form.geometry ? t("closing.drawn") : t("closing.wanted")}</output>
      <label>${t("closing.kind")}<select name="kind" @change=${(event: Event) => editClosing({ kind: (event.target as HTMLSelectElement).value })}>
        ${CLOSURE_KINDS.map((kind) => html`<option value=${kind} ?selected=${kind === form.kind}>${word("value.road_closure.kind", kind)}</option>`)}</select></label>
      <label>${t("closing.reason")}<input name="reason" maxlength="200" .value=${form.reason} @input=${(event: Event) => editClosing({ reason: (event.target as HTMLInputElement).value })} /></label>
      <fieldset><legend>${t("closing.until")}</legend><div class="quick">${HOURS.map((hours) => html`<button type="button" name="hours-${hours ?? "open"}" aria-pressed=${form.hours === hours} @click=${() => editClosing({ hours })}>${hours === null ? t("closing.open") : `${hours} h`}</button>`)}</div></fieldset>
      ${incident ? html`<label class="check"><input type="checkbox" name="everybody" .checked=${form.everybody} @change=${(event: Event) => editClosing({ everybody: (event.target as HTMLInputElement).checked })} />${t("closing.everybody")}</label>` : nothing}
      <footer class="decide"><button type="button" @click=${cancelClosing}>${t("report.cancel")}</button>
        <button class="primary" name="send-closure" ?disabled=${!form.geometry || form.busy}>${form.busy ? t("order.sending") : t("closing.send")}</button></footer></form>`;
  }

  #row(closure: Closure): TemplateResult {
    const { kind, name, reason, since, until, closed_by: who, incident_id } = closure;
    return html`<li class="closure" data-closure=${closure.id}>
      <button class="row" title=${t("closing.show")} @click=${() => show(closure)}>${sign("no-entry", 24)}
        <span class="name"><b>${word("value.road_closure.kind", kind)}</b>${name ? html` ${name}` : nothing}
          ${reason ? html`<small>${reason}</small>` : nothing}
          <small>${[since ? t("closing.since", { time: moment(since) }) : "", until ? t("closing.till", { time: moment(until) }) : t("closing.open"), who ?? "", incident_id ? t("closing.own") : ""].filter(Boolean).join(" · ")}</small></span></button>
      ${may(this.state, "roads.close") ? html`<button name="lift" @click=${() => void lift(closure)}>${t("closing.lift")}</button>` : nothing}</li>`;
  }
}

/** The time of today, else with its day. */
function moment(at: string): string {
  const time = Date.parse(at);
  const short = clock(time).slice(0, 5);
  return day(time) === day(Date.now()) ? short : `${day(time)} ${short}`;
}

function show({ geometry }: Closure): void {
  const box = boxOf(geometry);
  if (!box) return;
  if (geometry.type === "Point") fly({ to: "place", lon: box[0], lat: box[1], zoom: 16 });
  else fly({ to: "box", west: box[0], south: box[1], east: box[2], north: box[3] });
}

define("om-closing", ClosingPanel);
