/** The line of time: what happened when, played and looked at as it was. */
import { html, nothing, type TemplateResult } from "lit";
import { sliceTimes } from "../api/assessment";
import {
  addBookmark,
  backToNow,
  closeReplay,
  removeBookmark,
  seek,
  setSpeed,
  step,
  togglePlay,
} from "../store/replay";
import { type Replay, SPEEDS } from "../store/replay_state";
import { activeIncident, activePlan, store } from "../store/state";
import { compareTwin } from "../store/twin";
import { clock, stamp } from "../text/format";
import { phrase, t } from "../text/i18n";
import { ICONS } from "./icons";
import { define, Panel } from "./panel";
import { drawn } from "./replay_marks";
import "./replay_span";
import "../style/replay.css";

export { openReplay } from "../store/replay";

const SMALL = 1 / 200;
const LARGE = 1 / 20;
const DAY_MS = 86_400_000;

const glyph = (path: string): TemplateResult =>
  html`<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d=${path} fill="currentColor" /></svg>`;
const GLYPHS = {
  previous: glyph("M5 5h3v14H5zM19 5v14L9 12z"),
  next: glyph("M16 5h3v14h-3zM5 5l10 7-10 7z"),
  play: glyph("M7 4l13 8-13 8z"),
  pause: glyph("M6 5h4v14H6zM14 5h4v14h-4z"),
};

/** A line of days tells the day too. */
const dayClock = (at: number): string => {
  const { replay } = store.state;
  return replay && replay.to - replay.from > DAY_MS ? stamp(at) : clock(at);
};

class ReplayBar extends Panel {
  static override reads = [
    "replay",
    "twin",
    "incident",
    "incidents",
    "assessments",
    "session",
  ] as const;
  #naming = false;

  protected override render(): TemplateResult | typeof nothing {
    const { replay, twin } = this.state;
    if (!replay) return nothing;
    const { at, playing, speed } = replay;
    return html`<section class="timeline replay" aria-label=${t("replay.title")}>
      <button class="ghost" name="previous" title=${t("replay.previous")} aria-label=${t("replay.previous")} @click=${() => step(-1)}>${GLYPHS.previous}</button>
      <button name="play" title=${playing ? t("replay.pause") : t("replay.play")} aria-label=${playing ? t("replay.pause") : t("replay.play")} aria-pressed=${playing} @click=${togglePlay}>${playing ? GLYPHS.pause : GLYPHS.play}</button>
      <button class="ghost" name="next" title=${t("replay.next")} aria-label=${t("replay.next")} @click=${() => step(1)}>${GLYPHS.next}</button>
      <select aria-label=${t("replay.speed")} @change=${(event: Event) => setSpeed(Number((event.target as HTMLSelectElement).value))}>
        ${SPEEDS.map((one) => html`<option value=${one} ?selected=${one === speed}>${t("replay.times", { speed: one })}</option>`)}
      </select>
      ${this.#track(replay)}
      <output class=${at === null ? "live" : "past"}>${at === null ? t("replay.now") : dayClock(at)}</output>
      <om-replay-span></om-replay-span>${this.#marked(replay)}${this.#bookmark()}
      ${
        at === null
          ? html`<button class="ghost" name="close" @click=${closeReplay}>${t("replay.close")}</button>`
          : html`<button class="ghost" name="twin" aria-pressed=${twin !== null} @click=${() => this.#compare(at)}>${twin ? t("replay.twinClose") : t("replay.twin")}</button>
            <button class="primary" name="now" @click=${backToNow}>${t("replay.back")}</button>`
      }
    </section>${this.#banner(replay)}`;
  }

  /** What is looked at is told where nobody can miss it. */
  #banner({ at, failed, cutUntil }: Replay): TemplateResult | typeof nothing {
    if (at === null) return nothing;
    return html`<div class="looking" role="status"><strong>${t("replay.looking", { at: dayClock(at) })}</strong>
      <span>${failed ? t("replay.unreadable") : t("replay.lookingMore")}</span>
      ${cutUntil === null ? nothing : html`<span>${t("replay.cut", { at: stamp(cutUntil) })}</span>`}</div>`;
  }

  #track(replay: Replay): TemplateResult {
    const { at, from, to, marks, more } = replay;
    const count =
      marks.length === 0 ? t("replay.none") : t("replay.marks", { count: marks.length });
    const told = more ? `${count}, ${t("replay.more")}` : count;
    return html`<div class="track" role="slider" tabindex="0" title=${told} aria-label=${t("replay.title")}
      aria-valuemin=${Math.round(from / 1000)} aria-valuemax=${Math.round(to / 1000)} aria-valuenow=${Math.round((at ?? to) / 1000)}
      aria-valuetext=${at === null ? t("replay.now") : `${dayClock(at)} ${this.#mark(replay, at)}`}
      @pointerdown=${(event: PointerEvent) => this.#press(event)} @pointermove=${(event: PointerEvent) => this.#drag(event)}
      @keydown=${(event: KeyboardEvent) => this.#key(event, replay)}>
      <i class="line"></i>
      ${drawn(marks, replay).map(({ look, place }) => html`<i class="mark ${look}" data-place=${place}></i>`)}
      ${this.#slices().map((time) => html`<i class="slice" data-place=${(time - from) / (to - from)}></i>`)}
      ${replay.bookmarks.map(
        (
          one,
        ) => html`<button class="bookmark" data-place=${(one.at - from) / (to - from)} title="${one.title} ${dayClock(one.at)}" aria-label="${one.title} ${dayClock(one.at)}"
          @pointerdown=${(event: Event) => event.stopPropagation()} @click=${() => seek(one.at)} @keydown=${(event: KeyboardEvent) => this.#keyOfBookmark(event, one.id)}>◆</button>`,
      )}
      <span class="end left">${clock(from)}</span><span class="end right">${clock(to)}</span>
      <i class="hand ${at === null ? "live" : "past"}" data-place=${((at ?? to) - from) / (to - from)}></i>
    </div>`;
  }

  /** The moment that is looked at beside now. */
  #compare(at: number): void {
    const open = this.state.twin !== null;
    compareTwin(open ? null : { left: { is: "moment", at }, right: { is: "now" } });
  }

  /** The mark that is looked at, and the way to take it away. */
  #marked({ at, bookmarks }: Replay): TemplateResult | typeof nothing {
    const one = at === null ? undefined : bookmarks.find((mark) => mark.at === at);
    if (!one || !this.#mayMark()) return nothing;
    const said = t("replay.remove", { title: one.title });
    return html`<button class="ghost marked" name="unmark" title=${said} aria-label=${said} @click=${() => void removeBookmark(one.id)}>${ICONS.close}${one.title}</button>`;
  }

  #bookmark(): TemplateResult | typeof nothing {
    if (!this.#mayMark()) return nothing;
    if (!this.#naming)
      return html`<button class="ghost" name="bookmark" @click=${() => this.#name(true)}>◆ ${t("replay.bookmark")}</button>`;
    return html`<form class="word" @submit=${(event: Event) => this.#save(event)}>
      <input name="word" maxlength="200" required aria-label=${t("replay.bookmarkWord")} placeholder=${t("replay.bookmarkWord")} @keydown=${(event: KeyboardEvent) => event.key === "Escape" && this.#name(false)} />
      <button>${t("replay.save")}</button>
    </form>`;
  }

  /** Marking is no order: it can be done while looking back, by whoever may write now. */
  #mayMark(): boolean {
    return this.state.session?.permissions.includes("incidents.write") ?? false;
  }

  #name(naming: boolean): void {
    this.#naming = naming;
    this.requestUpdate();
    void this.updateComplete.then(() =>
      this.querySelector<HTMLElement>("form.word input")?.focus(),
    );
  }

  #save(event: Event): void {
    event.preventDefault();
    const word = this.querySelector<HTMLInputElement>("form.word input")?.value ?? "";
    this.#name(false);
    void addBookmark(word);
  }

  /** The page's policy refuses style attributes; a property of the element is no attribute. */
  protected override updated(): void {
    for (const one of this.querySelectorAll<HTMLElement>("[data-place]"))
      one.style.left = `${Math.min(1, Math.max(0, Number(one.dataset.place))) * 100}%`;
  }

  /** When the cloud is drawn anew, on the same clock. */
  #slices(): number[] {
    const plan = activePlan(this.state);
    const incident = activeIncident(this.state);
    if (!plan || !incident) return [];
    const begun = Date.parse(incident.occurred_at);
    return sliceTimes(plan).map((time) => begun + time * 1000);
  }

  /** What was done last before a moment, in words. */
  #mark({ marks }: Replay, at: number): string {
    const last = marks.findLast((mark) => mark.at <= at);
    if (!last) return "";
    return [phrase(`layer.${last.layer}`, {}), last.title].filter(Boolean).join(" ");
  }

  #at(event: PointerEvent, { from, to }: Replay): number {
    const track = event.currentTarget as HTMLElement;
    const { left, width } = track.getBoundingClientRect();
    return from + ((event.clientX - left) / width) * (to - from);
  }

  #press(event: PointerEvent): void {
    const { replay } = this.state;
    if (!replay) return;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    seek(this.#at(event, replay));
  }

  #drag(event: PointerEvent): void {
    const { replay } = this.state;
    const track = event.currentTarget as HTMLElement;
    if (replay && track.hasPointerCapture(event.pointerId)) seek(this.#at(event, replay));
  }

  #key(event: KeyboardEvent, { at, from, to }: Replay): void {
    const span = to - from;
    const now = at ?? to;
    const moves: Readonly<Record<string, () => void>> = {
      " ": togglePlay,
      ArrowLeft: () => seek(now - span * SMALL),
      ArrowRight: () => seek(now + span * SMALL),
      ArrowDown: () => step(-1),
      ArrowUp: () => step(1),
      PageDown: () => seek(now - span * LARGE),
      PageUp: () => seek(now + span * LARGE),
      Home: () => seek(from),
      End: backToNow,
      Escape: backToNow,
    };
    const move = moves[event.key];
    if (!move || event.target !== event.currentTarget) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  }

  #keyOfBookmark(event: KeyboardEvent, id: string): void {
    if (event.key !== "Delete" && event.key !== "Backspace") return;
    event.preventDefault();
    event.stopPropagation();
    if (this.#mayMark()) void removeBookmark(id);
  }
}

define("om-replay", ReplayBar);
