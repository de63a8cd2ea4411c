/** Theme maps: those that are kept, and the one that is made of what is shown now. */
import { html, nothing, type TemplateResult } from "lit";
import type { Theme } from "../api/themes";
import { may } from "../store/state";
import {
  copyLink,
  openTheme,
  readThemes,
  removeTheme,
  renewTheme,
  saveTheme,
  shareTheme,
} from "../store/themes";
import { count } from "../text/format";
import { t } from "../text/i18n";
import { define, Panel } from "./panel";

class Themes extends Panel {
  static override reads = ["themes", "theme", "session"] as const;

  override connectedCallback(): void {
    super.connectedCallback();
    void readThemes();
  }

  protected override render(): TemplateResult {
    const { themes, theme } = this.state;
    return html`<h2>${t("themes.title")}</h2>
      ${may(this.state, "themes.write") ? this.#form() : nothing}
      ${themes?.length === 0 ? html`<p class="hint">${t("themes.none")}</p>` : nothing}
      <ul class="themes">${(themes ?? []).map((one) => this.#row(one, one.id === theme?.id))}</ul>`;
  }

  #form(): TemplateResult {
    return html`<form class="theme-new" @submit=${(event: Event) => void this.#save(event)}>
      <p class="hint">${t("themes.hint")}</p>
      <label>${t("themes.name")}<input name="title" required maxlength="200" autocomplete="off" /></label>
      <label class="check"><input type="checkbox" name="shared" />${t("themes.share")}</label>
      <button class="primary wide" name="save-theme">${t("themes.save")}</button></form>`;
  }

  async #save(event: Event): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const data = new FormData(form);
    await saveTheme(String(data.get("title")), data.get("shared") !== null);
    form.reset();
  }

  #row(theme: Theme, open: boolean): TemplateResult {
    return html`<li class=${open ? "open" : ""}><button class="row" data-theme=${theme.id} aria-pressed=${open} @click=${() => void openTheme(theme.id)}>
        <span class="name">${theme.title}<small>${[theme.owner, t("themes.layers", { count: count(theme.layers.length) })].filter(Boolean).join(" · ")}</small>${theme.hidden > 0 ? html`<small>${t("themes.hidden", { count: theme.hidden })}</small>` : nothing}</span>
        ${theme.shared ? html`<span class="badge">${t("themes.shared")}</span>` : nothing}</button>
      ${
        open
          ? html`<div class="quick"><button name="link" @click=${() => void copyLink(theme)}>${t("themes.link")}</button>
        ${
          theme.can_edit
            ? html`<button name="renew" @click=${() => void renewTheme(theme)}>${t("themes.renew")}</button>
          <button name="share" @click=${() => void shareTheme(theme, !theme.shared)}>${theme.shared ? t("themes.unshare") : t("themes.share")}</button>
          <button name="remove" @click=${() => void removeTheme(theme)}>${t("themes.remove")}</button>`
            : nothing
        }</div>`
          : nothing
      }</li>`;
  }
}

define("om-themes", Themes);
