import { html, nothing, type TemplateResult } from "lit";
import type { Incident } from "../api/wire";
import { openIncident } from "../store/incidents";
import { beginReport } from "../store/report";
import { changeLanguage, signOut } from "../store/site";
import { deskIncidents, mayReport } from "../store/state";
import { clock, elapsed } from "../text/format";
import { t, word } from "../text/i18n";
import { define, Panel } from "./panel";
import { unapproved } from "./unapproved";

/** Incident tabs, the honest state of the link, language and user. */
class TopBar extends Panel {
  static override reads = [
    "session",
    "incidents",
    "incident",
    "link",
    "now",
    "assessing",
    "pack",
    "ready",
  ] as const;
  #shown: string | null = null;
  #wide = 0;

  protected override render(): TemplateResult {
    const { session, language, pack } = this.state;
    const open = deskIncidents(this.state);
    const site = session?.site;
    const name = language === "en" ? (site?.name_en ?? site?.name) : site?.name;
    return html`
      <a class="brand" href="/" title=${t("site.title")}><img src="/favicon.svg" alt="" width="24" height="24" /><span>${name ?? t("site.title")}</span></a>
      ${site?.fictional ? html`<span class="badge fictional">${t("site.fictional")}</span>` : nothing}
      ${session?.demo ? html`<span class="badge">${t("site.demo")}</span>` : nothing}
      <nav class="tabs" role=${open.length > 0 ? "tablist" : nothing}>
        ${open.map((incident) => this.#tab(incident))}
        ${open.length === 0 && pack?.plans.as_of !== null ? html`<span class="quiet">${t("incident.none")}</span>` : nothing}
      </nav>
      ${mayReport(this.state) ? html`<button class="primary" @click=${() => beginReport()}>${t("incident.new")}</button>` : nothing}
      <om-link></om-link>
      <button class="ghost" @click=${() => void changeLanguage()} aria-label="${t("language.other")} ${t("language.label")}">${t("language.other")}</button>
      ${session?.user ? html`<span class="user">${session.user.title ?? session.user.name}</span>` : nothing}
      ${session?.user && !session.demo ? html`<button class="ghost" @click=${() => void signOut()}>${t("signin.out")}</button>` : nothing}
    `;
  }

  /** Among many incidents the one that is open stays in sight, also when tabs grow wider. */
  protected override updated(): void {
    const { incident } = this.state;
    const wide = this.querySelector(".tabs")?.scrollWidth ?? 0;
    if (incident === this.#shown && wide === this.#wide) return;
    this.#wide = wide;
    const tab = this.querySelector('.tab[aria-selected="true"]');
    if (incident !== null && !tab) return;
    this.#shown = incident;
    tab?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  #tab(incident: Incident): TemplateResult {
    const { now, skew_ms, incident: active } = this.state;
    const since = (now + skew_ms - Date.parse(incident.occurred_at)) / 1000;
    return html`<button role="tab" class="tab ${incident.exercise ? "exercise" : ""}" aria-selected=${incident.id === active} @click=${() => void openIncident(incident.id)}>
      ${incident.exercise ? html`<span class="badge exercise">${t("incident.exercise")}</span>` : nothing}
      <b>${incident.title || word("kind", incident.kind)}</b>
      <span class="state"><time title=${t("incident.since")}>${elapsed(since)}</time>${incident.status === "closed" ? html`<small>${word("status", "closed")}</small>${unapproved(incident, "status")}` : ladders(incident)}</span>
      <om-deadline incident=${incident.id}></om-deadline>
    </button>`;
  }
}

/** Accident grade and response level are two ladders: each with its own word beside the numeral. */
function ladders(incident: Incident): TemplateResult {
  const { accident_grade, response_level } = incident;
  return html`<span class="ladders">${accident_grade ? html`<small class="grade">${word("accident", accident_grade)}</small>` : nothing}${response_level ? html`<small class="response">${word("response", response_level)}</small>` : nothing}${unapproved(incident, "response_level")}</span>`;
}

/** "as of 14:05:12 ● live": it never says live when nothing has been heard. */
class LinkBadge extends Panel {
  static override reads = ["link", "tiles", "skew_ms"] as const;

  protected override render(): TemplateResult {
    const { status, seq, at } = this.state.link;
    const { staleSince } = this.state.tiles;
    return html`${staleSince === null ? nothing : html`<span class="badge stale-tiles" role="status">${t("tiles.stale", { time: clock(staleSince) })}</span>`}<span class="link ${status}" role="status" title=${seq === null ? "" : t("link.title", { seq })}>
      ${at > 0 ? html`<small>${t("link.asOf")} <time>${clock(at + this.state.skew_ms)}</time></small>` : nothing}
      <i></i>${word("link", status)}</span>`;
  }
}

define("om-topbar", TopBar);
define("om-link", LinkBadge);
