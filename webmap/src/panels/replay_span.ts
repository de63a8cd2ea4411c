/** The part of the line of time that is looked at, and what of it is not told. */
import { html, nothing, type TemplateResult } from "lit";
import { narrow } from "../store/replay";
import type { Replay } from "../store/replay_state";
import { clock, day, stamp } from "../text/format";
import { t } from "../text/i18n";
import { define, Panel } from "./panel";

/** As a field of date and time takes it, by this device's clock. */
const written = (at: number): string => `${day(at)}T${clock(at)}`;

class ReplaySpan extends Panel {
  static override reads = ["replay"] as const;
  #open = false;

  protected override render(): TemplateResult | typeof nothing {
    const { replay } = this.state;
    if (!replay) return nothing;
    const cut = replay.more || replay.cutUntil !== null;
    return html`<button class="ghost ${cut ? "cut" : ""}" name="span" aria-expanded=${this.#open} aria-pressed=${replay.span !== null} @click=${() => this.#show(!this.#open)}>${t("replay.span")}${cut ? " !" : ""}</button>
      ${this.#open ? this.#form(replay) : nothing}`;
  }

  #form(replay: Replay): TemplateResult {
    const { from, to, span, more, cutUntil, marks } = replay;
    const first = marks[0]?.at ?? null;
    return html`<form class="span" aria-label=${t("replay.span")} @submit=${(event: Event) => this.#narrow(event)} @keydown=${(event: KeyboardEvent) => this.#key(event)}>
      ${
        more && first !== null
          ? html`<p class="warn">${t("replay.listedFrom", { at: stamp(first) })}
        <button type="button" name="earlier" @click=${() => void narrow({ from, to: first })}>${t("replay.earlier")}</button></p>`
          : nothing
      }
      ${cutUntil === null ? nothing : html`<p class="warn">${t("replay.cut", { at: stamp(cutUntil) })}</p>`}
      <label>${t("replay.from")}<input type="datetime-local" step="1" name="from" required .value=${written(from)} /></label>
      <label>${t("replay.to")}<input type="datetime-local" step="1" name="to" required .value=${written(to)} /></label>
      <div class="quick"><button name="narrow">${t("replay.narrow")}</button>
      <button type="button" name="whole" ?disabled=${span === null} @click=${() => void narrow(null)}>${t("replay.whole")}</button></div></form>`;
  }

  #show(open: boolean): void {
    this.#open = open;
    this.requestUpdate();
  }

  #key(event: KeyboardEvent): void {
    // The keys of the desk are not meant while a time is typed.
    event.stopPropagation();
    if (event.key !== "Escape") return;
    this.#show(false);
    this.querySelector<HTMLElement>('[name="span"]')?.focus();
  }

  #narrow(event: Event): void {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    const [from, to] = [given.get("from"), given.get("to")].map((at) => Date.parse(String(at)));
    const last = this.querySelector<HTMLInputElement>('[name="to"]');
    if (from === undefined || to === undefined || !last) return;
    last.setCustomValidity(to > from ? "" : t("replay.span.wrong"));
    if (last.reportValidity()) void narrow({ from, to });
    last.setCustomValidity("");
  }
}

define("om-replay-span", ReplaySpan);
