/** Keys of the wall that is driven: made for a screen, listed with when it was last seen, taken back. */
import { html, nothing, type TemplateResult } from "lit";
import { keysStore, makeKey, readKeys, takeBack } from "../store/wall_keys";
import { drivingStore } from "../store/walls";
import { stamp } from "../text/format";
import { t } from "../text/i18n";
import { define, Panel } from "./panel";

class WallKeys extends Panel {
  #leave: (() => void)[] = [];
  #wall = "";

  override connectedCallback(): void {
    super.connectedCallback();
    this.#leave = [
      keysStore.subscribe(() => this.requestUpdate()),
      drivingStore.subscribe(() => this.requestUpdate()),
    ];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const leave of this.#leave) leave();
    keysStore.set({ page: null });
  }

  protected override render(): TemplateResult {
    const { keys, page } = keysStore.state;
    return html`<details class="keys" @toggle=${(event: Event) => this.#open(event)}><summary>${t("wall.keys")}</summary>
      <p class="hint">${t("wall.keys.hint")}</p>
      <form @submit=${(event: Event) => void this.#make(event)}>
        <label>${t("wall.key.title")}<input name="title" required maxlength="80" autocomplete="off" /></label>
        <button name="make-key">${t("wall.key.make")}</button></form>
      ${page === null ? nothing : html`<label>${t("wall.key.page")}<input name="key-page" readonly .value=${page} @focus=${(event: Event) => (event.target as HTMLInputElement).select()} /></label>`}
      <ul class="views">${(keys ?? []).map(
        (
          one,
        ) => html`<li><span class="name">${one.title}<small>${t("wall.key.ends", { who: one.created_by, time: stamp(one.expires_at) })} · ${one.seen_at ? t("wall.key.seen", { time: stamp(one.seen_at) }) : t("wall.key.unseen")}</small></span>
        <button name="take-back" aria-label="${t("wall.key.take")} ${one.title}" @click=${() => void takeBack(one)}>${t("wall.key.take")}</button></li>`,
      )}</ul></details>`;
  }

  #open(event: Event): void {
    if ((event.target as HTMLDetailsElement).open) void readKeys();
  }

  /** Another wall has other keys. */
  protected override updated(): void {
    const { name } = drivingStore.state;
    if (name === this.#wall) return;
    this.#wall = name;
    keysStore.set({ keys: null, page: null });
    if (this.querySelector("details")?.open) void readKeys();
  }

  async #make(event: Event): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const title = String(new FormData(form).get("title")).trim();
    if (title !== "" && (await makeKey(title))) form.reset();
  }
}

define("om-wall-keys", WallKeys);
