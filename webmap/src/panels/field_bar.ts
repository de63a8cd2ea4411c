/** The field's badge that never lies, and its tools at the thumb. */
import { html, nothing, type TemplateResult } from "lit";
import { goLive, locate, showSheet } from "../store/field";
import { SHEETS, type SheetName } from "../store/field_state";
import { expired } from "../store/kept_packs";
import { clock, stamp } from "../text/format";
import { t } from "../text/i18n";
import { ICONS } from "./icons";
import { define, Panel } from "./panel";

/** What is shown and how old it is: a pack and its date, or live data whose link is gone. */
class FieldBadge extends Panel {
  static override reads = ["field", "pack", "link", "now", "pocket"] as const;

  protected override render(): TemplateResult | typeof nothing {
    return this.state.field.mode === "pack" ? this.#pack() : this.#live();
  }

  #live(): TemplateResult | typeof nothing {
    const { link, pocket } = this.state;
    if (link.status !== "lost" || link.at === 0) return nothing;
    const whole = pocket.kept?.some(({ state }) => state === "whole");
    return html`<section class="state down" role="status" aria-label=${t("offline.bar")}>
      <i></i><b>${t("offline.badge.lost", { time: clock(link.at) })}</b>
      ${whole ? html`<button name="open-packs" @click=${() => showSheet("packs")}>${t("offline.open")}</button>` : nothing}</section>`;
  }

  #pack(): TemplateResult {
    const { field, pack, now } = this.state;
    const manifest = pack?.pack.manifest;
    const server = { unknown: "checking", up: "up", down: "offline" } as const;
    const past = manifest && expired(manifest, now);
    return html`<section class="state ${field.server} ${past ? "expired" : ""}" role="status" aria-label=${t("offline.bar")}>
      <i></i><b>${t(`offline.badge.${server[field.server]}`)}</b>
      ${
        manifest
          ? html`<span class="of">${t("offline.badge.pack", { time: stamp(manifest.made_at) })}</span>
        ${past && manifest.expires_at ? html`<span class="badge past">${t("offline.badge.expired", { time: stamp(manifest.expires_at) })}</span>` : nothing}
`
          : html`<span class="of">${t("offline.badge.none")}</span>`
      }
      ${field.server === "up" ? html`<button name="go-live" @click=${goLive}>${t("offline.live")}</button>` : nothing}</section>`;
  }
}

class FieldNav extends Panel {
  static override reads = ["field", "card", "session", "draft"] as const;

  protected override render(): TemplateResult {
    const { field, card } = this.state;
    return html`<nav class="thumb" aria-label=${t("offline.nav")}>
      ${SHEETS.filter((name) => this.#offers(name)).map(
        (
          name,
        ) => html`<button name="sheet-${name}" aria-pressed=${field.sheet === name && card === null} @click=${() => showSheet(name)}>
          ${ICONS[ICON[name]]}<span>${t(`offline.nav.${name}`)}</span></button>`,
      )}
      <button name="here" aria-pressed=${field.here !== null || field.locating} @click=${locate}>${ICONS.here}<span>${t("offline.nav.here")}</span></button></nav>`;
  }

  /** Forms are filled in at the server's own page; from a pack they are shown to be read. */
  #offers(name: SheetName): boolean {
    return name !== "forms" || this.state.field.mode === "pack";
  }
}

const ICON = {
  search: "search",
  layers: "layers",
  incident: "report",
  forms: "card",
  packs: "pack",
} as const satisfies Record<SheetName, keyof typeof ICONS>;

define("om-field-badge", FieldBadge);
define("om-field-nav", FieldNav);
