/** The packs of this device: kept, fetched, believed or not, deleted. */
import { html, nothing, type TemplateResult } from "lit";
import type { ServerPack } from "../api/packs";
import type { Pocket as PocketState, Stranger, Work } from "../store/field_state";
import { expired, readKept } from "../store/kept_packs";
import { readMade } from "../store/packing";
import {
  decide,
  decideKey,
  fetchPack,
  forgetOthers,
  forgetPack,
  stopFetching,
  takeFile,
  usePack,
} from "../store/pocket";
import { may } from "../store/state";
import { bytes, stamp } from "../text/format";
import { t } from "../text/i18n";
import { define, Panel } from "./panel";

type KeptPack = NonNullable<PocketState["kept"]>[number];

class Pocket extends Panel {
  static override reads = ["pocket", "packing", "pack", "field", "session", "now"] as const;

  #asked = false;

  override connectedCallback(): void {
    super.connectedCallback();
    void readKept();
  }

  /** Who sits here may be known only after this is on the screen. */
  protected override updated(): void {
    if (this.#asked || !this.#orders()) return;
    this.#asked = true;
    void readMade();
  }

  protected override render(): TemplateResult {
    const { pocket } = this.state;
    const { kept, others, space, work, stranger, newKey } = pocket;
    return html`<h2>${t("offline.title")}</h2>
      ${work ? progress(work) : nothing}
      ${stranger ? unknown(stranger) : nothing}
      ${newKey ? changedKey(newKey) : nothing}
      ${kept?.length === 0 ? html`<p class="hint">${t("offline.none")}</p>` : nothing}
      <ul class="packs">${(kept ?? []).map((one) => this.#row(one))}</ul>
      ${others > 0 ? html`<p class="hint">${t("offline.others", { count: others })} <button name="forget-others" @click=${() => void forgetOthers()}>${t("offline.others.remove")}</button></p>` : nothing}
      <label class="button file">${t("offline.file")}<input type="file" name="pack-file" accept=".onemap" @change=${(event: Event) => chosen(event)} /></label>
      ${space ? html`<p class="hint">${t("offline.space", { used: bytes(space.used), quota: bytes(space.quota) })}</p>` : nothing}
      ${this.#server()}
      ${this.state.field.mode === "pack" ? html`<p class="hint">${t("offline.limits")}</p>` : nothing}
      <om-page-build></om-page-build>`;
  }

  #orders(): boolean {
    return this.state.field.mode === "live" && may(this.state, "packs.make");
  }

  #row(one: KeptPack): TemplateResult {
    const shown = this.state.pack?.pack.manifest.id === one.id;
    const whole = one.state === "whole";
    const past = expired(one, this.state.now);
    const said = [
      whole ? "" : t("offline.part"),
      bytes(one.bytes),
      one.made_at ? t("offline.made", { time: stamp(one.made_at) }) : "",
      one.expires_at && !past ? t("offline.until", { time: stamp(one.expires_at) }) : "",
      one.site ? t("offline.by", { site: one.site }) : "",
    ];
    return html`<li data-kept=${one.id}><span class="name"><b>${one.name}</b>
        ${past && one.expires_at ? html`<span class="badge past">${t("offline.badge.expired", { time: stamp(one.expires_at) })}</span>` : nothing}
        <small>${said.filter(Boolean).join(" · ")}</small></span>
      ${shown ? html`<span class="badge">${t("offline.shown")}</span>` : nothing}
      ${whole && !shown ? html`<button class="primary" name="use" @click=${() => void usePack(one.id)}>${t("offline.use")}</button>` : nothing}
      ${whole ? nothing : html`<button name="resume" ?disabled=${this.state.pocket.work !== null} @click=${() => void fetchPack(one.id, one.name)}>${t("offline.resume")}</button>`}
      ${shown ? nothing : html`<button class="ghost" name="forget" @click=${() => void forgetPack(one.id)}>${t("offline.remove")}</button>`}</li>`;
  }

  #server(): TemplateResult | typeof nothing {
    if (!this.#orders()) {
      const away = this.state.field.mode === "pack";
      return away ? html`<p class="hint">${t("offline.server.away")}</p>` : nothing;
    }
    const ready = (this.state.packing.made ?? []).filter(({ file }) => file !== null);
    return html`<h3>${t("offline.server")}</h3>
      ${ready.length === 0 ? html`<p class="hint">${t("offline.server.none")}</p>` : nothing}
      <ul class="packs">${ready.map((one) => this.#offer(one))}</ul>
      <p><a class="button" href="/planner?tool=pack">${t("offline.server.order")}</a></p>`;
  }

  #offer(one: ServerPack): TemplateResult {
    const { kept, work } = this.state.pocket;
    const have = kept?.find(({ id }) => id === one.id);
    return html`<li data-made=${one.id}><span class="name"><b>${one.name}</b><small>${[bytes(one.bytes), one.made_at ? stamp(one.made_at) : ""].filter(Boolean).join(" · ")}</small></span>
      ${
        have
          ? html`<span class="badge">${t("offline.have")}</span>`
          : html`<button class="primary" name="fetch" ?disabled=${work !== null} @click=${() => void fetchPack(one.id, one.name)}>${t("offline.fetch")}</button>`
      }</li>`;
  }
}

function chosen(event: Event): void {
  const input = event.target as HTMLInputElement;
  const file = input.files?.[0];
  if (file) void takeFile(file);
  input.value = "";
}

function progress({ what, name, share, waiting }: Work): TemplateResult {
  const text = waiting ? t("offline.work.waiting", { name }) : t(`offline.work.${what}`, { name });
  return html`<div class="work-bar" role="status"><span>${text}</span><progress max="1" .value=${share}></progress>
    ${what === "download" ? html`<button class="ghost" name="stop" @click=${stopFetching}>${t("offline.stop")}</button>` : nothing}</div>`;
}

/** A deliberate yes: the box is ticked before the button can be pressed. */
function unknown({ pack, fingerprint }: Stranger): TemplateResult {
  const { signer, name } = pack.manifest;
  return html`<form class="stranger" role="alertdialog" aria-label=${t("offline.stranger.title")} @submit=${(
    event: Event,
  ) => {
    event.preventDefault();
    void decide(true);
  }}>
    <h3>${t("offline.stranger.title")}</h3><p><b>${name}</b></p>
    <p>${t("offline.stranger.text", { site: signer.site ?? "?" })}</p><p class="fingerprint">${fingerprint}</p>
    <label class="check"><input type="checkbox" name="sure" required />${t("offline.stranger.sure")}</label>
    <footer class="decide"><button class="primary" name="trust">${t("offline.stranger.yes")}</button>
    <button type="button" name="distrust" @click=${() => void decide(false)}>${t("offline.stranger.no")}</button></footer></form>`;
}

function changedKey({ site, fingerprint }: NonNullable<PocketState["newKey"]>): TemplateResult {
  return html`<section class="stranger" role="alertdialog" aria-label=${t("offline.key.title")}>
    <h3>${t("offline.key.title")}</h3><p>${t("offline.key.text", { site: site ?? "?" })}</p><p class="fingerprint">${fingerprint}</p>
    <footer class="decide"><button name="accept-key" @click=${() => decideKey(true)}>${t("offline.key.yes")}</button>
    <button class="primary" @click=${() => decideKey(false)}>${t("offline.key.no")}</button></footer></section>`;
}

define("om-pocket", Pocket);
