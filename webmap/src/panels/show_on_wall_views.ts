/** Views that are kept: save, open, rename, share, show on the wall, put into a playlist. */
import { html, nothing, type TemplateResult } from "lit";
import type { SavedView } from "../api/views";
import { may } from "../store/state";
import {
  addToList,
  changeView,
  drivingStore,
  moveUp,
  openView,
  playList,
  removeView,
  saveView,
  setSeconds,
  showKept,
  takeOut,
} from "../store/walls";
import { t } from "../text/i18n";
import { ICONS } from "./icons";
import { define, Panel } from "./panel";

class WallViews extends Panel {
  static override reads = ["session"] as const;
  #leave: (() => void) | null = null;
  /** The view whose buttons are out. */
  #open: string | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#leave = drivingStore.subscribe(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#leave?.();
  }

  protected override render(): TemplateResult {
    const { views } = drivingStore.state;
    return html`<h3>${t("wall.views")}</h3>
      ${may(this.state, "themes.write") ? this.#form() : nothing}
      ${views?.length === 0 ? html`<p class="hint">${t("wall.views.none")}</p>` : nothing}
      <ul class="views">${(views ?? []).map((one) => this.#row(one))}</ul>${this.#playlist()}`;
  }

  #form(): TemplateResult {
    return html`<form class="view-new" @submit=${(event: Event) => void this.#save(event)}>
      <label>${t("wall.view.name")}<input name="name" required maxlength="200" autocomplete="off" /></label>
      <label class="check"><input type="checkbox" name="shared" checked />${t("wall.view.share")}</label>
      <button name="save-view">${t("wall.view.save")}</button></form>`;
  }

  async #save(event: Event): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const data = new FormData(form);
    const name = String(data.get("name")).trim();
    if (name !== "" && (await saveView(name, data.get("shared") !== null))) form.reset();
  }

  #row(view: SavedView): TemplateResult {
    const open = this.#open === view.id;
    return html`<li><button class="row" aria-expanded=${open} @click=${() => this.#toggle(view.id)}>
        <span class="name">${view.name}<small>${view.owner ?? ""}</small></span>${view.shared ? html`<span class="badge">${t("wall.view.share")}</span>` : nothing}</button>
      ${
        open
          ? html`<div class="quick">
        <button name="view-open" @click=${() => void openView(view)}>${t("wall.view.open")}</button>
        <button name="view-show" @click=${() => void showKept(view)}>${t("wall.open")}</button>
        ${view.shared || view.can_edit ? html`<button name="view-add" @click=${() => void addToList(view)}>${t("wall.view.add")}</button>` : nothing}
        ${view.can_edit ? this.#own(view) : nothing}</div>`
          : nothing
      }</li>`;
  }

  #own(view: SavedView): TemplateResult {
    return html`<button name="view-share" aria-pressed=${view.shared} @click=${() => void changeView(view, { shared: !view.shared })}>${t("wall.view.share")}</button>
      <form class="rename" @submit=${(event: Event) => {
        event.preventDefault();
        const name = String(new FormData(event.target as HTMLFormElement).get("name")).trim();
        if (name !== "" && name !== view.name) void changeView(view, { name });
      }}><input name="name" required maxlength="200" .value=${view.name} aria-label=${t("wall.view.name")} /><button>${t("wall.view.rename")}</button></form>
      <button name="view-remove" @click=${() => void removeView(view)}>${t("wall.view.remove")}</button>`;
  }

  #toggle(id: string): void {
    this.#open = this.#open === id ? null : id;
    this.requestUpdate();
  }

  #playlist(): TemplateResult | typeof nothing {
    const { playlist, views, seconds, busy } = drivingStore.state;
    if (playlist.length === 0) return nothing;
    const name = (id: string): string => views?.find((one) => one.id === id)?.name ?? "—";
    return html`<h3>${t("wall.playlist")}</h3><ol class="playlist">${playlist.map(
      (id, index) => html`<li><span class="name">${name(id)}</span>
      <button class="ghost" name="up" ?disabled=${index === 0} aria-label="${t("wall.playlist.up")} ${name(id)}" @click=${() => moveUp(index)}>↑</button>
      <button class="ghost" name="out" aria-label="${t("wall.playlist.out")} ${name(id)}" @click=${() => takeOut(index)}>${ICONS.close}</button></li>`,
    )}</ol>
      <label>${t("wall.playlist.seconds")}<input name="seconds" type="number" min="5" max="3600" step="1" .value=${String(seconds)} @change=${(event: Event) => setSeconds(Number((event.target as HTMLInputElement).value))} /></label>
      <button class="primary wide" name="play-list" ?disabled=${busy} @click=${() => void playList()}>${t("wall.playlist.start")}</button>`;
  }
}

define("om-wall-views", WallViews);
