/** What lies over the lower half of the field's map: a report, a card, or one of the tools. */
import { html, nothing, type TemplateResult } from "lit";
import { closeCard } from "../store/browse";
import { setField } from "../store/field";
import type { SheetName } from "../store/field_state";
import { t } from "../text/i18n";
import { ICONS } from "./icons";
import { fetchPart } from "./lazy";
import { define, Panel } from "./panel";

class FieldSheet extends Panel {
  static override reads = ["draft", "card", "field"] as const;

  protected override render(): TemplateResult | typeof nothing {
    const { draft, card, field } = this.state;
    if (draft) return html`<section class="sheet"><om-report></om-report></section>`;
    if (card) return html`<section class="sheet"><om-card></om-card></section>`;
    if (!field.sheet) return nothing;
    return html`<section class="sheet" aria-label=${t(`offline.nav.${field.sheet}`)}>
      <button class="ghost fold" name="fold" aria-label=${t("offline.close")} @click=${fold}>${ICONS.down}</button>${content(field.sheet)}</section>`;
  }
}

function fold(): void {
  closeCard();
  setField({ sheet: null });
}

function content(sheet: SheetName): TemplateResult {
  switch (sheet) {
    case "search":
      return html`<om-search></om-search>`;
    case "layers":
      return html`<om-layers></om-layers>`;
    case "incident":
      return html`<om-brief></om-brief>`;
    case "forms":
      return html`<om-forms></om-forms>`;
    case "packs":
      fetchPart("om-pocket");
      return html`<om-pocket></om-pocket>`;
  }
}

define("om-field-sheet", FieldSheet);
