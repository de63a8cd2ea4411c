/** The groups of the intake form that the plan is not computed from. */
import { html, nothing, type TemplateResult } from "lit";
import type { ProposedGrade, Reason } from "../api/incident_file";
import { HARMED, type Harmed, type Told } from "../store/draft";
import type { Unsent } from "../store/duty_state";
import { ago, NUMERALS, place } from "../text/format";
import { t, word } from "../text/i18n";
import { foreignZone, localInput, typedMoment } from "../text/local_time";
import { typed } from "./behaviour";

const CHANNELS = ["phone", "radio", "person", "system", "other"] as const;
const LADDER = ["1", "2", "3", "4"] as const;
const YUAN = 10_000;

type Words = Exclude<keyof Told, "harmed" | "loss_yuan">;
/** What takes a field as it is typed: the report that is written, or a correction. */
export type Edit = (patch: Partial<Told>) => void;

function text(
  told: Told,
  edit: Edit,
  field: Words,
  label: string,
  most: number,
  type = "text",
): TemplateResult {
  return html`<label>${label}<input name=${field} type=${type} maxlength=${most} autocomplete="off" .value=${told[field]}
    @input=${(event: Event) => edit({ [field]: (event.target as HTMLInputElement).value })} /></label>`;
}

function long(told: Told, edit: Edit, field: Words, label: string): TemplateResult {
  return html`<label>${label}<textarea name=${field} rows="2" maxlength="4000" .value=${told[field]}
    @input=${(event: Event) => edit({ [field]: (event.target as HTMLTextAreaElement).value })}></textarea></label>`;
}

/** A moment by the site's clock, kept as RFC 3339. */
function moment(
  told: Told,
  edit: Edit,
  field: "received" | "occurred",
  label: string,
): TemplateResult {
  return html`<label>${label}<input name=${field} type="datetime-local" step="1" .value=${localInput(told[field])}
    @change=${(event: Event) => {
      const { value } = event.target as HTMLInputElement;
      edit({ [field]: typedMoment(value) });
    }} /></label>`;
}

/** People counted; `before` is what the last count said, shown where nothing is typed. */
export function harmed(
  told: Told,
  edit: Edit,
  before: Readonly<Partial<Record<Harmed, number | null>>> = {},
): TemplateResult {
  return html`<fieldset class="harmed"><legend>${t("intake.harmed")}</legend>${HARMED.map(
    (
      name,
    ) => html`<label>${word("harmed", name)}<input type="number" inputmode="numeric" min="0" max="10000000" step="1" name=${name} placeholder=${String(before[name] ?? "")} .value=${String(told.harmed[name] ?? "")}
      @input=${(event: Event) => count(told, edit, name, event)} /></label>`,
  )}</fieldset>`;
}

function count(told: Told, edit: Edit, name: Harmed, event: Event): void {
  const { [name]: _, ...others } = told.harmed;
  const value = typed(event);
  edit({ harmed: value === null ? others : { ...others, [name]: Math.floor(value) } });
}

/** What no count tells and the rules ask for: each is yes, no, or nobody has looked. */
export function risks(told: Told, edit: Edit): TemplateResult {
  return html`<div class="pair risks">${(["important_place", "serious_pollution"] as const).map(
    (
      name,
    ) => html`<label>${t(`risk.${name}`)}<select name=${name} @change=${(event: Event) => edit({ [name]: (event.target as HTMLSelectElement).value })}>
      ${(["", "yes", "no"] as const).map((answer) => html`<option value=${answer} ?selected=${answer === (told[name] ?? "")}>${t(`risk.answer.${answer || "unknown"}`)}</option>`)}</select></label>`,
  )}</div>`;
}

export function who(told: Told, edit: Edit): TemplateResult {
  return html`<fieldset><legend>${t("intake.who")}</legend>
    <div class="pair">${text(told, edit, "caller", t("intake.caller"), 60)}${text(told, edit, "phone", t("intake.phone"), 40, "tel")}
    ${text(told, edit, "unit", t("intake.unit"), 120)}${channel(told, edit)}</div></fieldset>`;
}

export function channel(told: Told, edit: Edit): TemplateResult {
  return html`<label>${t("intake.channel")}<select name="channel" @change=${(event: Event) => edit({ channel: (event.target as HTMLSelectElement).value })}>
      ${told.channel === "" ? html`<option value="" selected></option>` : nothing}
      ${CHANNELS.map((one) => html`<option value=${one} ?selected=${one === told.channel}>${word("channel", one)}</option>`)}</select></label>`;
}

export function moments(told: Told, edit: Edit): TemplateResult {
  return html`<div class="pair">${moment(told, edit, "received", t("intake.received"))}${moment(told, edit, "occurred", t("intake.occurred"))}</div>${siteTime()}`;
}

/** Whose clock typed times are by, where this device's own shows another. */
export function siteTime(): TemplateResult | typeof nothing {
  const zone = foreignZone(Date.now());
  return zone === null ? nothing : html`<small class="hint">${t("site.time", { zone })}</small>`;
}

/** What is told when there is time for it; `contact` where its reader may see who that is. */
export function more(told: Told, edit: Edit, { contact = true } = {}): TemplateResult {
  return html`${long(told, edit, "course", t("intake.course"))}${long(told, edit, "measures", t("intake.measures"))}${long(told, edit, "requests", t("intake.requests"))}
    ${text(told, edit, "leaders", t("file.leaders"), 1000)}
    <div class="pair">${contact ? html`${text(told, edit, "site_name", t("intake.contact"), 60)}${text(told, edit, "site_phone", t("intake.contact.phone"), 40, "tel")}` : nothing}
    <label>${t("intake.loss")}<input type="number" min="0" step="any" name="loss" .value=${told.loss_yuan === null ? "" : String(told.loss_yuan / YUAN)}
      @input=${(event: Event) => {
        const value = typed(event);
        edit({ loss_yuan: value === null ? null : value * YUAN });
      }} /></label></div>`;
}

/** Three ladders side by side, each under its own name. */
export function levels(told: Told, edit: Edit): TemplateResult {
  const ladder = (field: "grade" | "response" | "warning", words: string): TemplateResult =>
    html`<label>${t(`intake.${field}`)}<select name=${field} @change=${(event: Event) => edit({ [field]: (event.target as HTMLSelectElement).value })}>
      <option value="">${t("intake.unset")}</option>
      ${LADDER.map((step) => html`<option value=${step} ?selected=${told[field] === step}>${word(words, step)}</option>`)}</select></label>`;
  return html`<fieldset class="levels"><legend>${t("intake.levels")}</legend>
    ${ladder("grade", "accident")}${ladder("response", "response")}${ladder("warning", "warning")}</fieldset>`;
}

/** What the rules say of the figures as they are typed; the officer takes it or another. */
export function proposal(
  found: ProposedGrade | null,
  taken: string,
  take: (grade: string) => void,
): TemplateResult | typeof nothing {
  if (!found) return nothing;
  const { accident, at_risk, environment } = found.proposed;
  return html`<div class="proposed" role="status"><b>${t("intake.proposed")}</b>
    ${
      accident.grade
        ? html`<p><span class="grade">${graded(accident.grade)}</span>
      <button type="button" name="take-grade" aria-pressed=${taken === accident.grade} @click=${() => take(accident.grade ?? "")}>${taken === accident.grade ? t("intake.taken") : t("intake.take")}</button></p>`
        : html`<p class="hint">${t("intake.proposed.none")}</p>`
    }
    ${reasons(accident.reasons)}
    ${at_risk.to_check.length > 0 ? html`<p class="hint">${t("intake.toCheck")}</p>${reasons(at_risk.to_check)}` : nothing}
    ${at_risk.raised ? html`<p class="grade">${t("intake.proposed.atRisk")}</p>${reasons(at_risk.reasons)}` : nothing}
    ${environment.grade ? html`<p class="grade">${t("intake.proposed.environment")} ${word("accident", environment.grade)}</p>${reasons(environment.reasons)}` : nothing}</div>`;
}

/** The numeral before the word, where the word does not hold it already. */
function graded(grade: string): string {
  const [numeral, said] = [NUMERALS[grade] ?? "", word("accident", grade)];
  return said.includes(numeral) ? said : `${numeral} ${said}`;
}

function reasons(lines: readonly Reason[]): TemplateResult {
  return html`<ul class="why">${lines.map((line) => html`<li>${line.text || line.code}${line.source?.text ? html` <cite>${line.source.text}</cite>` : nothing}</li>`)}</ul>`;
}

/** A report that was not sent: what of it says which call it was, and how old it is. */
export function unsentRow(
  one: Unsent,
  now: number,
  act: { takeUp: () => void; discard: () => void; sure: boolean },
): TemplateResult {
  const { draft } = one;
  const said = [
    draft.title || word("kind", draft.kind),
    draft.substance,
    draft.told.address ||
      (draft.lon !== null && draft.lat !== null ? place(draft.lon, draft.lat) : ""),
    draft.told.caller,
  ];
  return html`<li><span class="name">${said.filter(Boolean).join(" · ")}<small>${t("intake.found.age", { age: ago((now - one.kept) / 1000) })}</small></span>
    <button type="button" name="take-up" @click=${act.takeUp}>${t("intake.takeUp")}</button>
    <button type="button" class="ghost" name="discard" @click=${act.discard}>${act.sure ? t("intake.discard.sure") : t("intake.discard")}</button></li>`;
}
