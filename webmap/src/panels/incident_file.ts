/** The record of the incident as it was reported: grade and levels, casualties, corrections with a reason. */
import { html, nothing, type TemplateResult } from "lit";
import type { Corrections, IncidentFile } from "../api/incident_file";
import type { Incident } from "../api/wire";
import "../style/intake.css";
import { HARMED } from "../store/draft";
import { correct, readGrade } from "../store/incident_file";
import { place, quantity, stamp } from "../text/format";
import { t, word } from "../text/i18n";
import "./correction";
import { deadlineRows } from "./deadline_rows";
import { IncidentPart } from "./incident_part";
import { proposal } from "./intake_parts";
import { define } from "./panel";

const LADDERS = [
  ["accident_grade", "grade", "accident"],
  ["response_level", "response", "response"],
  ["warning_level", "warning", "warning"],
] as const;
const STATUSES = ["open", "contained", "closed"] as const;

class IncidentRecord extends IncidentPart {
  static override parts = ["files", "corrections", "deadlines"] as const;
  #correcting = false;

  protected override begin(): void {
    this.#correcting = false;
    if (this.state.incident) void readGrade(this.state.incident);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { shown } = this;
    if (!shown) return nothing;
    const { files, corrections, grades, deadlines } = this.state.duty;
    const file = files[shown.id];
    if (!file) return html`<p class="hint">${t("desk.reading")}</p>`;
    const writable = this.may("incidents.write");
    const set = (body: Record<string, unknown>): void => void correct(shown.id, file.version, body);
    return html`${deadlineRows(deadlines[shown.id], this.state, shown)}
      <h3>${t("intake.levels")}</h3>
      <div class="levels">${LADDERS.map(([field, label, words]) => this.#ladder(file, field, t(`intake.${label}`), words, writable, set))}
        <label>${t("file.status")}<select name="status" ?disabled=${!writable} @change=${(event: Event) => set({ status: (event.target as HTMLSelectElement).value })}>${STATUSES.map((one) => html`<option value=${one} ?selected=${one === file.status}>${word("status", one)}</option>`)}</select></label></div>
      ${writable ? proposal(grades[shown.id] ?? null, file.accident_grade ?? "", (grade) => set({ accident_grade: grade })) : nothing}
      ${this.#facts(file)}
      ${
        writable
          ? html`<p class="actions"><button name="correct" aria-pressed=${this.#correcting} @click=${() => this.#toggle()}>${t("file.correct")}</button></p>
        ${this.#correcting ? html`<om-correction .file=${file} @done=${() => this.#toggle()}></om-correction>` : nothing}`
          : nothing
      }
      ${this.#corrections(corrections[shown.id], shown)}`;
  }

  #toggle(): void {
    this.#correcting = !this.#correcting;
    this.requestUpdate();
  }

  #ladder(
    file: IncidentFile,
    field: "accident_grade" | "response_level" | "warning_level",
    label: string,
    words: string,
    writable: boolean,
    set: (body: Record<string, unknown>) => void,
  ): TemplateResult {
    return html`<label>${label}<select name=${field} ?disabled=${!writable} @change=${(event: Event) => set({ [field]: (event.target as HTMLSelectElement).value || null })}>
      <option value="">${t("intake.unset")}</option>${["1", "2", "3", "4"].map((step) => html`<option value=${step} ?selected=${file[field] === step}>${word(words, step)}</option>`)}</select></label>`;
  }

  #facts(file: IncidentFile): TemplateResult {
    const last = file.casualties.at(-1);
    const harmed = last
      ? HARMED.filter((name) => last[name] !== null)
          .map((name) => `${word("harmed", name)} ${last[name]}`)
          .join(" · ")
      : "";
    const person = (one: IncidentFile["caller"]): string =>
      [one?.name, one?.phone, one?.unit].filter(Boolean).join(" · ");
    const rows: [string, string | null][] = [
      [t("report.kind"), word("kind", file.kind)],
      [t("report.substance"), file.substance],
      [t("report.place"), [file.address, place(file.lon, file.lat)].filter(Boolean).join(" · ")],
      [t("intake.received"), file.received_at && stamp(file.received_at)],
      [t("intake.occurred"), stamp(file.occurred_at)],
      [t("intake.channel"), file.channel && word("channel", file.channel)],
      [t("intake.who"), person(file.caller)],
      [t("intake.contact"), person(file.site_contact)],
      [t("intake.harmed"), harmed],
      [
        t("file.loss"),
        file.direct_loss_yuan === null ? null : quantity(file.direct_loss_yuan / 10_000),
      ],
      [t("intake.course"), file.course],
      [t("intake.measures"), file.measures],
      [t("intake.requests"), file.requests],
      [t("file.leaders"), file.leaders],
      [t("risk.important_place"), answered(file.important_place)],
      [t("risk.serious_pollution"), answered(file.serious_pollution)],
    ];
    return html`<h3>${t("file.facts")}</h3><dl class="fields record">${rows.map(([title, said]) => html`<dt>${title}</dt><dd class=${said ? "" : "unknown"}>${said || t("file.not_known")}</dd>`)}</dl>`;
  }

  #corrections(held: Corrections | undefined, incident: Incident): TemplateResult | typeof nothing {
    const rows = (held?.corrections ?? []).filter(({ changes }) => changes.length > 0);
    if (!held || rows.length === 0) return nothing;
    const { tasks, assessments, bulletins } = held.stale;
    const stale = tasks.length + assessments.length + bulletins.length;
    return html`<h3>${t("file.corrections")}</h3>
      ${stale > 0 ? html`<p class="warning">${t("file.stale", { tasks: tasks.length, assessments: assessments.length, bulletins: bulletins.length })}</p>` : nothing}
      <ol class="corrections" data-of=${incident.id}>${rows.map(
        (
          one,
        ) => html`<li class=${one.stale ? "stale" : ""}><header><b>${one.who ?? ""}</b> <time>${stamp(one.at)}</time></header>
        <ul>${one.changes.map((change) => html`<li><span>${word("file.field", change.field)}</span> <s>${shownAs(change.before)}</s> → <b>${shownAs(change.after)}</b></li>`)}</ul>
        ${one.why ? html`<p class="reason">${t("desk.reason")} ${one.why}</p>` : nothing}
        ${one.stale ? html`<ul class="affected">${one.affected.tasks.map((task) => html`<li>${t("file.stale.task")} ${task.feature_name ?? task.title ?? word("task.kind", task.kind ?? "")}</li>`)}${one.affected.assessments.map((plan) => html`<li>${t("file.stale.plan")} ${plan.at ? stamp(plan.at) : ""}</li>`)}${one.affected.bulletins.map((bulletin) => html`<li>${t("file.stale.bulletin")} ${word("bulletin.kind", bulletin.kind)}</li>`)}</ul>` : nothing}</li>`,
      )}</ol>`;
  }
}

/** Yes or no; nobody has looked is not known. */
function answered(value: boolean | null): string | null {
  return value === null ? null : t(`risk.answer.${value ? "yes" : "no"}`);
}

/** People counted, in words; nothing where it is no count. */
function counted(last: unknown): string {
  if (typeof last !== "object" || last === null) return "";
  const count = last as Readonly<Record<string, unknown>>;
  return HARMED.filter((name) => typeof count[name] === "number")
    .map((name) => `${word("harmed", name)} ${String(count[name])}`)
    .join(" · ");
}

/** A value of any field as a line of text; places to five digits. */
function shownAs(value: unknown): string {
  if (value === null || value === undefined || value === "") return "—";
  if (typeof value === "boolean") return t(`risk.answer.${value ? "yes" : "no"}`);
  // Of a list of counts the last one is what was known then.
  if (Array.isArray(value))
    return value.length === 0 ? "—" : counted(value.at(-1)) || JSON.stringify(value);
  if (typeof value === "object") {
    const { lon, lat } = value as { lon?: unknown; lat?: unknown };
    if (typeof lon === "number" && typeof lat === "number") return place(lon, lat);
    return JSON.stringify(value);
  }
  return quantity(value);
}

define("om-incident-file", IncidentRecord);
