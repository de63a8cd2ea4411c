/** The log of the incident: everything in order, in words; notes with files are added to it. */
import { html, nothing, type TemplateResult } from "lit";
import { newId } from "../api/ids";
import { type LogEntry, logFile, NOTE_KINDS, type Note } from "../api/log";
import type { Incident } from "../api/wire";
import "../style/log.css";
import { fly } from "../store/browse";
import { reword, strike, writeNote } from "../store/notes";
import { bytes, clock, day } from "../text/format";
import { t, word } from "../text/i18n";
import { localInput, typedMoment } from "../text/local_time";
import { IncidentPart } from "./incident_part";
import { siteTime } from "./intake_parts";
import { noteText, spokenOf } from "./note_text";
import { define } from "./panel";
import { type Placed, placed } from "./placed";
import { saveButton } from "./save_button";

const NOTE = "note";
/** A log of days has thousands of lines: the newest are drawn, the rest when asked for. */
const DRAWN = 200;

class Log extends IncidentPart {
  static override parts = ["log", "notes"] as const;
  #layer = "";
  #search = "";
  #kind: string = NOTE;
  #text = "";
  #at: Placed | null = null;
  /** The moment that it speaks of; empty is now. */
  #when = "";
  #files: readonly File[] = [];
  #sending: string | null = null;
  #id = newId();
  #striking: string | null = null;
  #rewording: string | null = null;
  #more = 1;

  protected override begin(): void {
    this.#layer = "";
    this.#search = "";
    this.#more = 1;
    this.#clear();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { shown } = this;
    if (!shown) return nothing;
    const { log, notes } = this.state.duty;
    const all = log[shown.id];
    const byId = new Map((notes[shown.id] ?? []).map((note) => [note.id, note]));
    const layers = [...new Set((all ?? []).map(({ layer }) => layer))];
    const found = (all ?? []).filter((entry) => this.#matches(entry, byId)).reverse();
    return html`${this.may("incidents.report") ? this.#form(shown) : nothing}
      <div class="log-tools"><label>${t("log.kind")}<select name="layer" @change=${(event: Event) =>
        this.#set(() => {
          this.#layer = (event.target as HTMLSelectElement).value;
        })}><option value="">${t("log.all")}</option>${layers.map((layer) => html`<option value=${layer} ?selected=${layer === this.#layer}>${word("log.of", layer)}</option>`)}</select></label>
      <label>${t("log.search")}<input type="search" name="log-search" maxlength="80" .value=${this.#search} @input=${(
        event: Event,
      ) =>
        this.#set(() => {
          this.#search = (event.target as HTMLInputElement).value;
        })} /></label></div>
      ${all === undefined ? html`<p class="hint">${t("desk.reading")}</p>` : nothing}
      ${all && found.length === 0 ? html`<p class="hint">${t("log.none")}</p>` : nothing}
      <p class="actions"><span class="hint">${t("log.whole")}</span>${["docx", "pdf"].map((format) => saveButton(format.toUpperCase(), logFile(shown.id, format, this.state.language), `log.${format}`))}</p>
      <ol class="log" aria-label=${t("plan.log")} aria-live="polite">${found.slice(0, DRAWN * this.#more).map((entry) => this.#row(entry, byId, shown))}</ol>
      ${
        found.length > DRAWN * this.#more
          ? html`<button class="wide" name="more" @click=${() =>
              this.#set(() => {
                this.#more += 1;
              })}>${t("log.more", { count: found.length - DRAWN * this.#more })}</button>`
          : nothing
      }`;
  }

  #set(change: () => void): void {
    change();
    this.requestUpdate();
  }

  #matches(entry: LogEntry, notes: ReadonlyMap<string, Note>): boolean {
    if (this.#layer && entry.layer !== this.#layer) return false;
    const wanted = this.#search.trim().toLowerCase();
    if (!wanted) return true;
    const note = entry.layer === NOTE ? notes.get(entry.feature ?? "") : undefined;
    return [entry.said?.text, entry.actor, note?.text].some((one) =>
      one?.toLowerCase().includes(wanted),
    );
  }

  #row(entry: LogEntry, notes: ReadonlyMap<string, Note>, incident: Incident): TemplateResult {
    const note = entry.layer === NOTE ? notes.get(entry.feature ?? "") : undefined;
    const struck = note?.struck ?? null;
    // The whole note stands where it was first written; its changes are lines of their own.
    const whole = note && entry.op === "insert" ? note : null;
    return html`<li class="entry of-${entry.layer} ${struck ? "struck" : ""}" data-seq=${entry.seq}>
      <time datetime=${entry.at} title=${day(Date.parse(entry.at))}>${clock(Date.parse(entry.at))}</time>
      <div class="said"><span class="tag">${word("log.of", entry.layer)}</span> ${whole ? word("note.kind", whole.kind) : html`<span class="words">${entry.said?.text || entry.said?.code || word("log.op", entry.op)}</span>`}
      <small>${entry.actor ? word("actor", entry.actor) : ""}</small>
      ${whole ? this.#note(whole, incident) : nothing}</div></li>`;
  }

  #note(note: Note, incident: Incident): TemplateResult {
    return html`<div class="note">
      ${spokenOf(note)}
      ${noteText(note, {
        open: this.#rewording === note.id,
        leave: () => this.#reword(null),
        keep: (text) => void this.#keep(note, incident, text),
      })}
      ${note.documents.length > 0 ? html`<ul class="files">${note.documents.map((file) => html`<li><a href=${file.url} target="_blank" rel="noopener">${file.media_type.startsWith("image/") ? html`<img src=${file.url} alt=${file.title} loading="lazy" width="96" height="72" />` : nothing}${file.title || file.file_name}<small>${bytes(file.size_bytes)}</small></a></li>`)}</ul>` : nothing}
      ${note.lon !== null && note.lat !== null ? html`<button type="button" class="link-button" name="show-place" @click=${() => fly({ to: "place", lon: note.lon ?? 0, lat: note.lat ?? 0, zoom: 16 })}>${t("log.place")}</button>` : nothing}
      ${note.struck ? html`<small class="why">${t("log.struck", { by: note.struck.by, reason: note.struck.reason })}</small>` : this.#striker(note, incident)}</div>`;
  }

  #striker(note: Note, incident: Incident): TemplateResult | typeof nothing {
    if (!this.may("incidents.write")) return nothing;
    if (this.#striking !== note.id)
      return html`<button type="button" class="link-button" name="reword" @click=${() => this.#reword(note.id)}>${t("log.reword")}</button>
        <button type="button" class="link-button" name="strike" @click=${() =>
          this.#set(() => {
            this.#striking = note.id;
          })}>${t("log.strike")}</button>`;
    return html`<form class="reason-form" @submit=${(event: Event) => void this.#strike(event, note, incident)}>
      <input name="reason" required maxlength="200" placeholder=${t("desk.reason")} aria-label=${t("desk.reason")} /><button>${t("log.strike.confirm")}</button></form>`;
  }

  #reword(id: string | null): void {
    this.#set(() => {
      this.#rewording = id;
    });
    void this.updateComplete.then(() =>
      this.querySelector<HTMLElement>(".reword textarea")?.focus(),
    );
  }

  async #keep(note: Note, incident: Incident, text: string): Promise<void> {
    if (text === "" || text === note.text || (await reword(incident.id, note, text)))
      this.#reword(null);
  }

  async #strike(event: Event, note: Note, incident: Incident): Promise<void> {
    event.preventDefault();
    const reason = new FormData(event.target as HTMLFormElement).get("reason");
    if (typeof reason !== "string" || !reason.trim()) return;
    if (await strike(incident.id, note, reason.trim()))
      this.#set(() => {
        this.#striking = null;
      });
  }

  #form(incident: Incident): TemplateResult {
    return html`<form class="note-form" @submit=${(event: Event) => void this.#write(event, incident)}>
      <label>${t("log.add")}<textarea name="text" rows="2" maxlength="4000" .value=${this.#text} @input=${(
        event: Event,
      ) => {
        this.#text = (event.target as HTMLTextAreaElement).value;
      }}></textarea></label>
      <div class="note-tools"><select name="kind" aria-label=${t("log.kind")} @change=${(
        event: Event,
      ) => {
        this.#kind = (event.target as HTMLSelectElement).value;
      }}>${NOTE_KINDS.map((kind) => html`<option value=${kind} ?selected=${kind === this.#kind}>${word("note.kind", kind)}</option>`)}</select>
      <label class="file button">${t("log.file")}<input type="file" name="files" multiple @change=${(event: Event) => this.#choose(event)} /></label>
      <label>${t("log.at")}<input type="datetime-local" step="1" name="when" .value=${localInput(this.#when)} @change=${(
        event: Event,
      ) => {
        const { value } = event.target as HTMLInputElement;
        this.#when = typedMoment(value);
      }} /></label>${siteTime()}
      ${placed(this.#at, (at) =>
        this.#set(() => {
          this.#at = at;
        }),
      )}
      <button class="primary" name="write" ?disabled=${this.#sending !== null}>${t("log.write")}</button></div>
      ${this.#files.length > 0 ? html`<ul class="chosen">${this.#files.map((file) => html`<li>${file.name} <small>${bytes(file.size)}</small></li>`)}</ul>` : nothing}
      ${this.#sending ? html`<p class="busy" role="status">${this.#sending}</p>` : nothing}</form>`;
  }

  #choose(event: Event): void {
    this.#files = [...((event.target as HTMLInputElement).files ?? [])];
    if (this.#files.length > 0 && this.#kind === NOTE)
      this.#kind = this.#files.every(({ type }) => type.startsWith("image/")) ? "photo" : "file";
    this.requestUpdate();
  }

  async #write(event: Event, incident: Incident): Promise<void> {
    event.preventDefault();
    if (!this.#text.trim() && this.#files.length === 0) return;
    this.#set(() => {
      this.#sending = t("log.sending");
    });
    const at = this.#at ?? { lon: null, lat: null };
    const done = await writeNote(
      incident.id,
      this.#id,
      { text: this.#text, kind: this.#kind, files: this.#files, when: this.#when, ...at },
      (count, of, name) =>
        this.#set(() => {
          this.#sending = t("log.uploading", { done: count + 1, of, name });
        }),
    );
    this.#sending = null;
    if (done) this.#clear();
    this.requestUpdate();
  }

  #clear(): void {
    this.#text = "";
    this.#kind = NOTE;
    this.#files = [];
    this.#at = null;
    this.#when = "";
    this.#id = newId();
    const files = this.querySelector<HTMLInputElement>("[name=files]");
    if (files) files.value = "";
  }
}

define("om-log", Log);
