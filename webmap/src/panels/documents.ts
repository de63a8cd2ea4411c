/** Documents on file, and plan images to lay on the map. */
import { html, nothing, type TemplateResult } from "lit";
import { contentOf, DOCUMENT_KINDS, type Document, type SitePlan } from "../api/documents";
import {
  addDocument,
  fadePlan,
  hidePlan,
  placePlan,
  readDocuments,
  removeDocument,
  removePlan,
  showPlan,
} from "../store/documents";
import type { Filed } from "../store/planner";
import { may } from "../store/state";
import { bytes, day, distance } from "../text/format";
import { t, word } from "../text/i18n";
import { ICONS } from "./icons";
import { define, Panel } from "./panel";

class Documents extends Panel {
  static override reads = ["filed", "planImage", "session"] as const;
  static override properties = { layer: { attribute: false }, feature: { attribute: false } };
  declare layer: string;
  declare feature: string;
  #asked = "";
  #busy = false;

  protected override willUpdate(): void {
    const wanted = `${this.layer} ${this.feature}`;
    if (wanted === this.#asked) return;
    this.#asked = wanted;
    void readDocuments(this.layer, this.feature);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { filed } = this.state;
    if (filed?.id !== this.feature) return nothing;
    const writes = may(this.state, "documents.write");
    return html`${filed.plans.map((plan) => this.#plan(plan, filed, writes))}
      ${filed.documents.length === 0 ? html`<p class="hint">${t("documents.none")}</p>` : nothing}
      <ul class="documents">${filed.documents.map((one) => row(one, filed, writes))}</ul>
      ${writes ? this.#form(filed) : nothing}`;
  }

  #plan(plan: SitePlan, filed: Filed, writes: boolean): TemplateResult {
    const { planImage } = this.state;
    const shown = planImage?.id === plan.id;
    return html`<div class="site-plan"><button name="plan" aria-pressed=${shown} @click=${() => (shown ? hidePlan() : showPlan(plan))}>${shown ? t("plans.hide") : t("plans.show")}</button>
      <span class="name">${plan.title}${plan.residual_m === null ? nothing : html`<small>${t("plans.residual", { metres: distance(plan.residual_m) })}</small>`}</span>
      ${writes ? html`<button class="ghost" aria-label=${t("plans.remove")} title=${t("plans.remove")} @click=${() => void removePlan(filed, plan)}>${ICONS.close}</button>` : nothing}
      ${shown ? html`<label>${t("plans.opacity")}<input type="range" name="opacity" min="0" max="1" step="0.05" .value=${String(planImage?.opacity ?? 1)} @input=${(event: Event) => fadePlan((event.target as HTMLInputElement).valueAsNumber)} /></label>` : nothing}</div>`;
  }

  #form(filed: Filed): TemplateResult {
    return html`<details class="document-new"><summary>${t("documents.add")}</summary><form @submit=${(event: Event) => void this.#add(event, filed)}>
      <label>${t("documents.file")}<input type="file" name="file" required /></label>
      <div class="pair"><label>${t("documents.kind")}<select name="kind">${DOCUMENT_KINDS.map((kind) => html`<option value=${kind}>${word("value.document.kind", kind)}</option>`)}</select></label>
      <label>${t("documents.title")}<input name="title" maxlength="200" /></label></div>
      <button class="primary wide" name="add-document" ?disabled=${this.#busy}>${t("documents.add")}</button></form></details>`;
  }

  async #add(event: Event, filed: Filed): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    this.#busy = true;
    this.requestUpdate();
    if (await addDocument(filed, new FormData(form))) form.reset();
    this.#busy = false;
    this.requestUpdate();
  }
}

function row(document: Document, filed: Filed, writes: boolean): TemplateResult {
  const placed = filed.plans.some(({ document: of }) => of === document.id);
  const said = [
    word("value.document.kind", document.kind),
    bytes(document.size_bytes),
    document.created_at ? day(Date.parse(document.created_at)) : "",
    document.created_by ?? "",
  ];
  return html`<li><a class="name" href=${contentOf(document.id)} target="_blank" rel="noopener">${document.title}<small>${said.filter(Boolean).join(" · ")}</small></a>
    ${writes && document.width_px !== null && !placed ? html`<button name="place" @click=${() => placePlan(filed, document)}>${t("plans.place")}</button>` : nothing}
    ${writes ? html`<button class="ghost" aria-label=${t("documents.remove")} title=${t("documents.remove")} @click=${() => void removeDocument(filed, document)}>${ICONS.close}</button>` : nothing}</li>`;
}

define("om-documents", Documents);
