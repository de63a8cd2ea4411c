/** One card for each community in a zone: to read out, to print, to send as a short message. */
import { html, nothing, type TemplateResult } from "lit";
import { CARDS_A_FILE, type Card, cardFile, cardsFile } from "../api/cards";
import type { Incident } from "../api/wire";
import { readPart } from "../store/duty";
import { tell } from "../store/notices";
import { clock, countdown, people } from "../text/format";
import { nameOf, t, word } from "../text/i18n";
import { IncidentPart } from "./incident_part";
import { define } from "./panel";
import { level } from "./parts";
import { saveButton } from "./save_button";

class Cards extends IncidentPart {
  #open: string | null = null;
  #shown = false;

  protected override begin(): void {
    this.#open = null;
    this.#shown = false;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { shown } = this;
    if (!shown) return nothing;
    const held = this.state.duty.cards[shown.id];
    return html`<details class="cards" @toggle=${(event: Event) => this.#toggle(event, shown)}><summary>${held ? t("plan.counted", { label: t("cards.title"), count: held.cards.length }) : t("cards.title")}</summary>
      ${this.#shown && !held ? html`<p class="hint">${t("desk.reading")}</p>` : nothing}
      ${held?.missing?.text ? html`<p class="hint">${held.missing.text}</p>` : nothing}
      ${held ? this.#together(held.cards.length, shown) : nothing}
      <ul>${(held?.cards ?? []).map((card) => this.#card(card, shown))}</ul></details>`;
  }

  /** Cards need ways for every community: they are asked for when somebody looks. */
  #toggle(event: Event, incident: Incident): void {
    if (!(event.target as HTMLDetailsElement).open || this.#shown) return;
    this.#shown = true;
    if (this.state.duty.cards[incident.id] === undefined) void readPart("cards", incident.id);
    this.requestUpdate();
  }

  /** All at once for who prints them: so many are in one file, then comes the next. */
  #together(count: number, incident: Incident): TemplateResult | typeof nothing {
    if (count === 0) return nothing;
    const { language } = this.state;
    const files = Array.from({ length: Math.ceil(count / CARDS_A_FILE) }, (_, file) => {
      const from = file * CARDS_A_FILE;
      const named = t("cards.together", {
        from: from + 1,
        to: Math.min(from + CARDS_A_FILE, count),
      });
      return saveButton(named, cardsFile(incident.id, from, language), "cards.pdf");
    });
    return html`<p class="actions together">${files}</p>`;
  }

  #card(card: Card, incident: Incident): TemplateResult {
    const open = this.#open === card.target;
    return html`<li class="community"><button class="row" aria-expanded=${open} @click=${() => {
      this.#open = open ? null : card.target;
      this.requestUpdate();
    }}>${card.level ? level(card.level) : nothing}<span class="name">${nameOf(card) ?? t("card.unnamed")}<small>${people(card.people)}</small></span><span class="action ${card.action}">${word("action", card.action)}</span></button>
      ${open ? this.#whole(card, incident) : nothing}</li>`;
  }

  #whole(card: Card, incident: Incident): TemplateResult {
    const { language } = this.state;
    const file = (format: "html" | "pdf" | "png"): string =>
      cardFile(incident.id, card.target, format, language);
    const to = card.to ? nameOf(card.to) : null;
    return html`<div class="whole">
      ${card.why?.text ? html`<p>${card.why.text}</p>` : nothing}
      <dl class="fields">${card.arrival_s === null ? nothing : html`<dt>${t("cards.arrives")}</dt><dd>${countdown(card.arrival_s)}</dd>`}
      ${card.road?.name ? html`<dt>${t("cards.road")}</dt><dd>${card.road.name}${card.road.leave_by ? html` <small>${t("cards.leaveBy", { time: clock(Date.parse(card.road.leave_by)) })}</small>` : nothing}</dd>` : nothing}
      ${card.no_road?.text ? html`<dt>${t("cards.road")}</dt><dd class="warn">${card.no_road.text}</dd>` : nothing}
      ${to ? html`<dt>${t("cards.to")}</dt><dd>${to}</dd>` : nothing}
      ${card.calls.length > 0 ? html`<dt>${t("cards.call")}</dt><dd>${card.calls.map((one) => html`<div>${[one.name, one.post, one.phone].filter(Boolean).join(" ")}</div>`)}</dd>` : nothing}</dl>
      ${this.#message(t("cards.short"), card.short[language])}${this.#message(t("cards.long"), card.long[language])}
      <p class="actions"><a class="button" href=${file("html")} target="_blank" rel="noopener">${t("cards.print")}</a>${saveButton("PDF", file("pdf"), "card.pdf")}${saveButton("PNG", file("png"), "card.png")}</p></div>`;
  }

  #message(title: string, text: string): TemplateResult | typeof nothing {
    if (!text) return nothing;
    return html`<div class="message"><b>${title}</b><p>${text}</p><button name="copy" @click=${() => void copy(text)}>${t("cards.copy")}</button></div>`;
  }
}

/** A page that came over plain HTTP has no clipboard: then the text stays to be marked by hand. */
async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    tell(t("cards.copied"), "good");
  } catch (cause) {
    if (!(cause instanceof DOMException) && !(cause instanceof TypeError)) throw cause;
    tell(t("cards.notCopied"), "error");
  }
}

define("om-cards", Cards);
