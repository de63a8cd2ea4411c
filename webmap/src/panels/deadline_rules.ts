/** The table of deadlines: by region, grade and channel; set by who answers for the reports. */
import { html, nothing, type TemplateResult } from "lit";
import {
  ADDRESSEES,
  addRule,
  CHANNELS,
  changeRule,
  getRules,
  type Rule,
  removeRule,
  WHATS,
} from "../api/deadline_rules";
import { newId } from "../api/ids";
import { hear } from "../store/heard";
import { attempt } from "../store/notices";
import { t, word } from "../text/i18n";
import { define, Panel } from "./panel";

const GRADES = ["", "1", "2", "3", "4"] as const;
const CLOCKS = "([01][0-9]|2[0-3]):[0-5][0-9](,([01][0-9]|2[0-3]):[0-5][0-9]){0,7}";

class DeadlineRules extends Panel {
  static override reads = ["session"] as const;
  #rules: readonly Rule[] | null = null;
  #changing: string | null = null;
  #removing: string | null = null;
  #id = newId();
  #busy = false;
  #stopHearing: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#read();
    this.#stopHearing = hear((change) => {
      if (change === null || change.layer === "deadline_rule") void this.#read();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopHearing?.();
  }

  async #read(): Promise<void> {
    const found = await attempt(getRules);
    if (found) this.#rules = found.rules;
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    return html`<p class="hint">${t("rules.hint")}</p>${this.#form()}
      ${this.#rules === null ? html`<p class="hint">${t("desk.reading")}</p>` : nothing}
      <ul class="rules" aria-label=${t("duty.rules")}>${(this.#rules ?? []).map((one) => this.#row(one))}</ul>`;
  }

  #form(): TemplateResult {
    const choice = (
      name: string,
      label: string,
      codes: readonly string[],
      say: (code: string) => string,
    ) =>
      html`<label>${label}<select name=${name}>${codes.map((code) => html`<option value=${code}>${say(code)}</option>`)}</select></label>`;
    return html`<details class="new"><summary>${t("rules.add")}</summary><form class="rule-form" @submit=${(event: Event) => void this.#add(event)}><div class="pair">
      ${choice("what", t("rules.what"), WHATS, (code) => word("deadline.what", code))}
      ${choice("channel", t("intake.channel"), CHANNELS, channelName)}
      ${choice("addressee", t("rules.addressee"), ADDRESSEES, (code) => word("deadline.to", code))}
      ${choice("grade", t("intake.grade"), GRADES, gradeName)}
      <label>${t("rules.region")}<input name="region" maxlength="12" pattern="[0-9]{2,12}" inputmode="numeric" autocomplete="off" placeholder=${t("rules.everywhere")} /></label></div>
      ${when(null)}
      <button class="primary wide" name="add-rule" ?disabled=${this.#busy}>${t("rules.add.send")}</button></form></details>`;
  }

  #row(one: Rule): TemplateResult {
    const changing = this.#changing === one.id;
    const title = [
      word("deadline.what", one.what),
      channelName(one.channel),
      word("deadline.to", one.addressee),
    ].join(" · ");
    const holds = [one.region ?? t("rules.everywhere"), gradeName(one.grade ?? "")].join(" · ");
    return html`<li data-rule=${one.id}><span class="name"><b>${title}</b><small>${holds} · <cite>${one.source}</cite></small></span>
      <b class="due">${one.minutes === null ? t("rules.daily", { at: one.daily_at ?? "" }) : t("rules.within", { minutes: one.minutes })}</b>
      <p class="actions"><button name="change-rule" aria-label="${t("rules.change")} ${title}" aria-expanded=${changing} @click=${() => this.#change(changing ? null : one.id)}>${t("rules.change")}</button>
        <button class="ghost" name="remove-rule" aria-label="${t("rules.remove")} ${title}" @click=${() => void this.#remove(one)}>${this.#removing === one.id ? t("rules.remove.sure") : t("rules.remove")}</button></p>
      ${changing ? html`<form class="rule-form" @submit=${(event: Event) => void this.#keep(event, one)}>${when(one)}<button class="primary" name="keep-rule">${t("bulletin.save")}</button></form>` : nothing}</li>`;
  }

  #change(id: string | null): void {
    this.#changing = id;
    this.requestUpdate();
  }

  async #add(event: Event): Promise<void> {
    event.preventDefault();
    if (this.#busy) return;
    const form = event.target as HTMLFormElement;
    const said = saidIn(form);
    this.#busy = true;
    const body = {
      id: this.#id,
      what: said("what"),
      channel: said("channel"),
      addressee: said("addressee"),
      ...(said("grade") ? { grade: said("grade") } : {}),
      ...(said("region") ? { region: said("region") } : {}),
      ...due(said),
    };
    if (await attempt(() => addRule(body))) {
      this.#id = newId();
      form.reset();
      await this.#read();
    }
    this.#busy = false;
    this.requestUpdate();
  }

  /** Somebody else may have been faster: what holds now is read whatever came of it. */
  async #keep(event: Event, one: Rule): Promise<void> {
    event.preventDefault();
    const body = due(saidIn(event.target as HTMLFormElement));
    if (await attempt(() => changeRule(one, body))) this.#changing = null;
    await this.#read();
  }

  async #remove(one: Rule): Promise<void> {
    if (this.#removing !== one.id) {
      this.#removing = one.id;
      this.requestUpdate();
      return;
    }
    this.#removing = null;
    await attempt(() => removeRule(one));
    await this.#read();
  }
}

const channelName = (code: string): string =>
  code === "any" ? t("rules.any") : word("deadline.by", code);
const gradeName = (code: string): string =>
  code === "" ? t("rules.every") : word("accident", code);

/** Either so many minutes after the call, or at times of the day; the other stays empty. */
function when(one: Rule | null): TemplateResult {
  return html`<div class="pair"><label>${t("rules.minutes")}<input type="number" name="minutes" min="1" max="525600" step="1" .value=${String(one?.minutes ?? "")} /></label>
    <label>${t("rules.at")}<input name="daily_at" pattern=${CLOCKS} placeholder="08:00,17:00" autocomplete="off" .value=${one?.daily_at ?? ""} /></label></div>
    <label>${t("rules.source")}<input name="source" required maxlength="400" autocomplete="off" .value=${one?.source ?? ""} /></label>`;
}

type Said = (name: string) => string;

function saidIn(form: HTMLFormElement): Said {
  const data = new FormData(form);
  return (name) => String(data.get(name) ?? "").trim();
}

/** What the server takes of both fields: the one that was filled, and it says so where both were. */
function due(said: Said): Record<string, unknown> {
  return {
    ...(said("minutes") ? { minutes: Number(said("minutes")) } : {}),
    ...(said("daily_at") ? { daily_at: said("daily_at") } : {}),
    source: said("source"),
  };
}

define("om-deadline-rules", DeadlineRules);
