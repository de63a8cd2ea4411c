/** The keys of the desk over the map, from the same list that the keys are read from. */
import "../style/keys_help.css";
import { html, type TemplateResult } from "lit";
import { loadMoreWords, t, word } from "../text/i18n";
import { DESK_KEYS, type DeskKey, DRAWING_KEYS } from "./desk_keys";
import { ICONS } from "./icons";
import { define, Panel } from "./panel";

const CAPS: Readonly<Record<string, string>> = {
  Escape: "Esc",
  " ": "Space",
  Backspace: "Backspace",
};
const cap = (key: string): string => CAPS[key] ?? (key.length === 1 ? key.toUpperCase() : key);

class KeysHelp extends Panel {
  #from: Element | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#from = document.activeElement;
    addEventListener("keydown", this.#leave, { capture: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("keydown", this.#leave, { capture: true });
    if (this.#from instanceof HTMLElement && this.#from.isConnected) this.#from.focus();
  }

  /** Who asked by key leaves by key: the one that asked, or Esc. */
  #leave = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" && event.key !== "?") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.remove();
  };

  protected override render(): TemplateResult {
    const rows = (keys: readonly DeskKey[], prefix: string): TemplateResult =>
      html`<dl>${keys.map(({ key, name }) => html`<dt><kbd>${cap(key)}</kbd></dt><dd>${word(prefix, name)}</dd>`)}</dl>`;
    return html`<div class="keys-help" role="dialog" aria-modal="false" aria-label=${t("keys.listed")}><header><h3>${t("keys.listed")}</h3>
      <button type="button" class="ghost" name="keys-close" aria-label=${t("keys.close")} @click=${() => this.remove()}>${ICONS.close}</button></header>
      ${rows(DESK_KEYS, "key")}<h4>${t("keys.drawing")}</h4>${rows(DRAWING_KEYS, "key.drawing")}
      <p class="hint">${t("keys.plot")}</p></div>`;
  }

  protected override firstUpdated(): void {
    this.querySelector<HTMLButtonElement>("[name=keys-close]")?.focus();
  }
}

define("om-keys-help", KeysHelp);

/** Open the list; its words come with it. */
export async function openKeys(): Promise<void> {
  await loadMoreWords("desk");
  if (!document.querySelector("om-keys-help"))
    document.body.append(document.createElement("om-keys-help"));
}
