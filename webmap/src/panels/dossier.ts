/** One enterprise, one file; one park, one file: everything known, section by section. */
import { html, nothing, type TemplateResult } from "lit";
import { type Dossier, type DossierKind, printOf } from "../api/dossier";
import type { WireFeature } from "../api/wire";
import { closeDossier, openDossier, showDossierTab } from "../store/dossier";
import { DOSSIER_TABS, type DossierTab } from "../store/planner";
import { layerNamed } from "../store/state";
import { count, quantity } from "../text/format";
import { nameOf, t, word } from "../text/i18n";
import { contacts, fieldList } from "./card";
import "./documents";
import { around, help } from "./dossier_around";
import { past } from "./dossier_past";
import { gradeBadge, units } from "./dossier_units";
import { ICONS } from "./icons";
import { define, Panel } from "./panel";
import { symbol } from "./symbol";

class DossierPanel extends Panel {
  static override reads = ["dossier", "dossierTab", "layers"] as const;

  protected override render(): TemplateResult | typeof nothing {
    const { dossier, dossierTab } = this.state;
    if (!dossier) return nothing;
    const { kind, id, file } = dossier;
    if (!file) return html`<p class="hint">${t("dossier.loading")}</p>`;
    const { feature } = file.owner;
    return html`<header class="card-head">${symbol(kind, null, 28)}
        <div><h2>${nameOf(feature.properties) ?? t("card.unnamed")}</h2><small>${t(`dossier.open.${kind}`)}</small></div>
        <a class="button" name="print" href=${printOf(kind, id)} target="_blank" rel="noopener">${t("dossier.print")}</a>
        <button class="ghost" name="close-dossier" aria-label=${t("card.close")} @click=${closeDossier}>${ICONS.close}</button></header>
      <nav class="plan-tabs" role="tablist">${DOSSIER_TABS.map(
        (tab) =>
          html`<button role="tab" name="dossier-${tab}" aria-selected=${tab === dossierTab} @click=${() => showDossierTab(tab)}>${t(`dossier.tab.${tab}`)}</button>`,
      )}</nav>
      <section class="dossier-body">${this.#tab(dossierTab, kind, id, file)}</section>`;
  }

  #tab(tab: DossierTab, kind: DossierKind, id: string, file: Dossier): TemplateResult {
    switch (tab) {
      case "overview":
        return this.#overview(kind, file);
      case "units":
        return kind === "park" ? this.#members(file) : units(file, this.state);
      case "around":
        return around(file.surroundings, this.state);
      case "help":
        return help(file, this.state);
      case "past":
        return past(file, kind, this.state);
      case "documents":
        return html`<om-documents .layer=${kind} .feature=${id}></om-documents>`;
    }
  }

  #overview(kind: DossierKind, file: Dossier): TemplateResult {
    const { owner, park, duplicates } = file;
    return html`${duplicates.length > 0 ? html`<p class="warn">${t("dossier.duplicates", { count: duplicates.length })}</p>` : nothing}
      ${park ? html`<p>${t("dossier.inPark")} <button class="link-button" name="park" @click=${() => this.#open("park", park)}>${nameOf(park.properties) ?? ""}</button></p>` : nothing}
      ${this.#totals(file)}
      ${fieldList(layerNamed(this.state, kind), owner.feature, owner.kept)}
      ${contacts(owner.contacts)}`;
  }

  #open(kind: DossierKind, feature: WireFeature): void {
    if (feature.id !== undefined) void openDossier(kind, String(feature.id));
  }

  #totals({ totals }: Dossier): TemplateResult | typeof nothing {
    if (!totals) return nothing;
    const fields = layerNamed(this.state, "enterprise")?.fields ?? [];
    const title = (field: string, value: string): string =>
      fields.find(({ name }) => name === field)?.domain?.find((entry) => entry.value === value)
        ?.title ?? (value === "unknown" ? t("statistics.none") : word(field, value));
    return html`<dl class="facts"><div><dt>${t("dossier.enterprises")}</dt><dd>${count(totals.enterprises)}</dd></div>
        <div><dt>${t("dossier.sources")}</dt><dd>${count(totals.hazard_sources)}</dd></div>
        <div><dt>${t("dossier.employees")}</dt><dd>${count(totals.employees)}</dd></div></dl>
      <dl class="fields"><dt>${t("dossier.byClass")}</dt><dd>${Object.entries(totals.by_class).map(([value, number]) => html`<span class="tag">${title("class", value)} ${count(number)}</span> `)}</dd>
        <dt>${t("dossier.byRisk")}</dt><dd>${Object.entries(totals.by_risk_level).map(([value, number]) => html`<span class="tag">${title("risk_level", value)} ${count(number)}</span> `)}</dd>
        <dt>${t("dossier.byLevel")}</dt><dd>${Object.entries(totals.by_level).map(([value, number]) => html`${gradeBadge(value)} ${count(number)} `)}</dd></dl>`;
  }

  /** The enterprises of a park, each leading to its own file. */
  #members({ enterprises }: Dossier): TemplateResult {
    return html`<ul class="results">${enterprises.map(
      ({
        feature,
        worst_level,
      }) => html`<li><button class="row" @click=${() => this.#open("enterprise", feature)}>
        ${symbol("enterprise")}<span class="name">${nameOf(feature.properties) ?? t("card.unnamed")}<small>${quantity(feature.properties.address)}</small></span>
        ${worst_level ? gradeBadge(worst_level) : nothing}</button></li>`,
    )}</ul>`;
  }
}

define("om-dossier", DossierPanel);
