/** What a period held, for who must know it at breakfast: incidents, grades, casualties; exercises apart. */
import { html, nothing, type TemplateResult } from "lit";
import { type Brief, type Digest, digestFile } from "../api/handover";
import { readDigest } from "../store/handover";
import { openIncident } from "../store/incidents";
import { count } from "../text/format";
import { t, word } from "../text/i18n";
import { localInput, typedMoment } from "../text/local_time";
import { siteTime } from "./intake_parts";
import { define, Panel } from "./panel";
import { saveButton } from "./save_button";

const DAY_MS = 86_400_000;

class DutyDigest extends Panel {
  static override reads = ["duty"] as const;
  #from = "";
  #to = "";

  override connectedCallback(): void {
    super.connectedCallback();
    const now = Date.now() + this.state.skew_ms;
    this.#to = new Date(now).toISOString();
    this.#from = new Date(now - DAY_MS).toISOString();
    void readDigest(this.#from, this.#to);
  }

  protected override render(): TemplateResult {
    const { digest } = this.state.duty;
    return html`<form class="pair" @submit=${(event: Event) => event.preventDefault()}>
      <label>${t("handover.from")}<input type="datetime-local" name="from" .value=${localInput(this.#from).slice(0, 16)} @change=${(event: Event) => this.#ask({ from: event })} /></label>
      <label>${t("handover.to")}<input type="datetime-local" name="to" .value=${localInput(this.#to).slice(0, 16)} @change=${(event: Event) => this.#ask({ to: event })} /></label></form>${siteTime()}
      ${digest ? this.#digest(digest) : html`<p class="hint">${t("desk.reading")}</p>`}`;
  }

  #ask({ from, to }: { from?: Event; to?: Event }): void {
    const read = (event: Event, before: string): string => {
      const { value } = event.target as HTMLInputElement;
      return typedMoment(value) || before;
    };
    if (from) this.#from = read(from, this.#from);
    if (to) this.#to = read(to, this.#to);
    this.requestUpdate();
    void readDigest(this.#from, this.#to);
  }

  #digest({ real, exercises }: Digest): TemplateResult {
    const { language } = this.state;
    const by = (prefix: string, counts: Readonly<Record<string, number>>): string =>
      Object.entries(counts)
        .map(([code, number]) => `${word(prefix, code)}\u00a0${count(number)}`)
        .join("\u00a0· ");
    return html`<dl class="fields"><dt>${t("digest.count")}</dt><dd><b>${count(real.count)}</b></dd>
      <dt>${t("intake.grade")}</dt><dd>${by("accident", real.by_grade) || "—"}</dd>
      <dt>${t("report.kind")}</dt><dd>${by("kind", real.by_kind) || "—"}</dd>
      <dt>${t("intake.harmed")}</dt><dd>${by("harmed", real.casualties) || "—"}</dd>
      <dt>${t("digest.missed")}</dt><dd>${count(real.missed_deadlines)}</dd></dl>
      <ul class="briefs">${real.incidents.map(brief)}</ul>
      ${exercises.count > 0 ? html`<h3><span class="badge exercise">${t("incident.exercise")}</span> ${count(exercises.count)}</h3><ul class="briefs">${exercises.incidents.map(brief)}</ul>` : nothing}
      <p class="actions">${["docx", "pdf"].map((format) => saveButton(format.toUpperCase(), digestFile(this.#from, this.#to, format, language), `digest.${format}`))}
      <a class="button" href=${digestFile(this.#from, this.#to, "html", language)} target="_blank" rel="noopener">${t("bulletin.print")}</a></p>`;
  }
}

/** An incident of the period; pressing it opens it beside. */
function brief(one: Brief): TemplateResult {
  const grade = one.accident_grade ? word("accident", one.accident_grade) : "";
  return html`<li><button class="row" name="open-incident" @click=${() => void openIncident(one.id)}><span class="name">${one.title}<small>${[grade, word("status", one.status)].filter(Boolean).join(" · ")}</small></span></button></li>`;
}

define("om-digest", DutyDigest);
