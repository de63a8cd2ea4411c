/** What the forms ask, to be read: filling them in without the server is not possible. */
import { html, nothing, type TemplateResult } from "lit";
import type { Layer, LayerField } from "../api/wire";
import { t, word } from "../text/i18n";
import { define, Panel } from "./panel";
import { layerSymbol } from "./symbol";

class Forms extends Panel {
  static override reads = ["layers"] as const;

  protected override render(): TemplateResult {
    const layers = this.state.layers.filter(({ fields }) => fields.length > 0);
    return html`<h2>${t("offline.forms")}</h2>
      ${layers.length === 0 ? html`<p class="hint">${t("offline.forms.none")}</p>` : nothing}
      ${layers.map((layer) => form(layer))}`;
  }
}

function form(layer: Layer): TemplateResult {
  return html`<details class="form"><summary>${layerSymbol(layer, 20)} ${layer.title ?? layer.name}</summary>
    <dl class="fields">${layer.fields.map((field) => html`<dt>${field.title ?? field.name}</dt><dd>${asked(field)}</dd>`)}</dl></details>`;
}

function asked({ type, unit, required, domain }: LayerField): TemplateResult {
  const said = [domain ? "" : word("offline.type", type), unit && unit !== "1" ? unit : ""];
  const values = domain?.map(({ value, title }) => title ?? value).join(" / ");
  return html`${[...said, values ?? ""].filter(Boolean).join(" · ")}${required ? html` <span class="tag">${t("offline.forms.required")}</span>` : nothing}`;
}

define("om-forms", Forms);
