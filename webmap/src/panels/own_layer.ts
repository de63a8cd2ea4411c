/** What the owner of a layer can do with it. */
import { html, nothing, type TemplateResult } from "lit";
import type { OwnLayer as Held } from "../api/user_layers";
import { changeOwn, openOwn, readRemoved, removeOwn, restoreOwn } from "../store/own_layers";
import type { OwnLayer } from "../store/planner";
import { may } from "../store/state";
import { t } from "../text/i18n";
import { define, Panel } from "./panel";
import { styleForm } from "./style_form";

class OwnLayerEditor extends Panel {
  static override reads = ["ownLayer"] as const;
  static override properties = { name: { attribute: false } };
  declare name: string;
  #draft: OwnLayer | null = null;
  #of = "";

  protected override render(): TemplateResult {
    const { ownLayer } = this.state;
    const open = ownLayer?.name === this.name ? ownLayer : null;
    return html`<button class="link-button" name="manage" aria-expanded=${open !== null} @click=${() => void openOwn(this.name)}>${t("own.manage")}</button>
      ${open ? this.#form(open) : nothing}`;
  }

  #form(layer: Held): TemplateResult {
    const draft = this.#draftOf(layer);
    const edit = (change: Partial<OwnLayer>): void => {
      this.#draft = { ...draft, ...change };
      this.requestUpdate();
    };
    return html`<form class="own" @submit=${(event: Event) => {
      event.preventDefault();
      void changeOwn(draft);
    }}>
      <label>${t("own.title")}<input name="own_title" required maxlength="200" .value=${draft.title} @input=${(event: Event) => edit({ title: (event.target as HTMLInputElement).value })} /></label>
      ${styleForm(
        draft.style,
        layer.fields.map(({ name, title }) => ({ name, title: title ?? name })),
        (style) => edit({ style }),
      )}
      <label>${t("own.access")}<select name="own_access" @change=${(event: Event) => edit({ access: (event.target as HTMLSelectElement).value })}>
        ${(["open", "region", "restricted"] as const).map((access) => html`<option value=${access} ?selected=${access === draft.access}>${t(`own.access.${access}`)}</option>`)}</select></label>
      <button class="primary wide" name="save">${t("own.save")}</button>
      <details><summary>${t("own.remove")}</summary><p class="hint">${t("own.remove.hint", { title: layer.title })}</p>
        <div class="pair"><input name="typed" aria-label=${t("own.title")} />
        <button type="button" name="remove-layer" @click=${(event: Event) => void this.#remove(event)}>${t("own.remove")}</button></div></details></form>`;
  }

  #draftOf(layer: Held): OwnLayer {
    const of = `${layer.name} ${layer.version}`;
    if (this.#draft && this.#of === of) return this.#draft;
    this.#of = of;
    const { color, symbol, label_field, min_zoom } = layer.style;
    this.#draft = {
      title: layer.title,
      access: layer.access,
      style: { color: color ?? "#e6edf7", symbol: symbol ?? "dot", label_field, min_zoom },
    };
    return this.#draft;
  }

  async #remove(event: Event): Promise<void> {
    const form = (event.target as HTMLElement).closest("form");
    await removeOwn(form?.querySelector<HTMLInputElement>("[name=typed]")?.value ?? "");
  }
}

/** Layers that their owner removed can be brought back for a while. */
class RemovedLayers extends Panel {
  static override reads = ["removedLayers", "session"] as const;

  override connectedCallback(): void {
    super.connectedCallback();
    if (may(this.state, "layers.write")) void readRemoved();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { removedLayers } = this.state;
    if (removedLayers.length === 0) return nothing;
    return html`<details class="remembered"><summary>${t("own.bin", { count: removedLayers.length })}</summary><ul>${removedLayers.map(
      ({ name, title }) =>
        html`<li><span class="name">${title}</span><button class="ghost" @click=${() => void restoreOwn(name)}>${t("own.restore")}</button></li>`,
    )}</ul></details>`;
  }
}

define("om-own-layer", OwnLayerEditor);
define("om-removed-layers", RemovedLayers);
