/** The order for a pack, its size before it is made, and the packs that were. */
import { html, nothing, type TemplateResult } from "lit";
import type { ServerPack } from "../api/packs";
import { askable, findDistricts } from "../store/asking";
import {
  downloadMade,
  drawPackArea,
  makePack,
  order,
  packBody,
  packDistrict,
  packView,
  readMade,
  removeMade,
  showArea,
  togglePackLayer,
  togglePart,
} from "../store/packing";
import { PARTS } from "../store/packing_state";
import type { District } from "../store/planner";
import { noOverlay } from "../store/planner";
import { store } from "../store/state";
import { bytes, count, stamp } from "../text/format";
import { nameOf, t, word } from "../text/i18n";
import { define, Panel } from "./panel";
import { layerSymbol } from "./symbol";

const PAUSE_MS = 200;
const ZOOMS = Array.from({ length: 17 }, (_, zoom) => zoom);
const MOST_DAYS = 366;

class PackingPanel extends Panel {
  static override reads = ["packing", "layers", "drawing", "bounds", "session", "now"] as const;
  #districts: readonly District[] = [];
  #due: ReturnType<typeof setTimeout> | undefined;
  #sure: string | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void readMade();
    showArea();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    store.set({ overlay: noOverlay });
  }

  protected override render(): TemplateResult {
    const { packing } = this.state;
    const open = packBody(packing) !== null && packing.estimate?.fits !== false;
    return html`<h2>${t("packing.title")}</h2><p class="hint">${t("packing.hint")}</p>
      <form class="packing" @submit=${(event: Event) => void this.#make(event)}>
        <h3>${t("packing.area")}</h3>${this.#area()}
        <h3>${t("packing.parts")}</h3><div class="chips-row">${PARTS.map(
          (part) =>
            html`<button type="button" class="pick" data-part=${part} aria-pressed=${packing.parts.has(part)} @click=${() => togglePart(part)}>${t(`packing.part.${part}`)}</button>`,
        )}</div>
        <h3>${t("packing.layers")}</h3>${this.#layers()}
        <h3>${t("packing.zooms")}</h3>${this.#zooms()}
        <label>${t("packing.days")}<input type="number" name="days" min="1" max=${MOST_DAYS} required .value=${String(packing.days)} @change=${days} /></label>
        <label>${t("packing.name")}<input name="name" required maxlength="120" autocomplete="off" /></label>
        ${this.#size()}
        <footer class="decide"><button class="primary wide" name="make-pack" ?disabled=${!open || packing.busy}>${packing.busy ? t("packing.making") : t("packing.make")}</button></footer>
      </form>
      <h3>${t("packing.list")}</h3>
      ${packing.made?.length === 0 ? html`<p class="hint">${t("packing.none")}</p>` : nothing}
      <ul class="packs">${(packing.made ?? []).map((one) => this.#row(one))}</ul>`;
  }

  #area(): TemplateResult {
    const { area, district } = this.state.packing;
    const drawing = this.state.drawing !== null;
    return html`<div class="quick">
        <button type="button" name="draw-pack" aria-pressed=${drawing} @click=${drawPackArea}>${area ? t("packing.drawAgain") : t("packing.draw")}</button>
        <button type="button" name="pack-view" ?disabled=${!this.state.bounds} @click=${packView}>${t("packing.view")}</button></div>
      <input type="search" name="pack-district" autocomplete="off" placeholder=${t("packing.district")} aria-label=${t("packing.district")} @input=${(event: Event) => this.#find(event)} />
      ${district ? html`<p><span class="tag">${nameOf(district) ?? district.code}</span> <small>${district.code}</small></p>` : nothing}
      <ul class="choices">${this.#districts.map(
        (one) =>
          html`<li><button type="button" class="row" aria-pressed=${one.code === district?.code} @click=${() => this.#choose(one)}><span class="name">${nameOf(one) ?? one.code}</span><small>${one.code}</small></button></li>`,
      )}</ul>`;
  }

  #choose(district: District): void {
    this.#districts = [];
    packDistrict(district);
  }

  #find(event: Event): void {
    const { value } = event.target as HTMLInputElement;
    clearTimeout(this.#due);
    this.#due = setTimeout(async () => {
      this.#districts = await findDistricts(value);
      this.requestUpdate();
    }, PAUSE_MS);
  }

  #layers(): TemplateResult {
    const { layers } = this.state.packing;
    return html`<div class="chips-row">${askable(this.state).map(
      (layer) =>
        html`<button type="button" class="pick" data-pack=${layer.name} aria-pressed=${layers.has(layer.name)} @click=${() => togglePackLayer(layer.name)}>${layerSymbol(layer, 18)} ${layer.title ?? layer.name} <small>${count(layer.count)}</small></button>`,
    )}</div>${layers.size === 0 ? html`<p class="hint">${t("packing.layers.all")}</p>` : nothing}`;
  }

  #zooms(): TemplateResult {
    const { minzoom, maxzoom } = this.state.packing;
    const choice = (
      name: "minzoom" | "maxzoom",
      chosen: number,
      allowed: (zoom: number) => boolean,
    ): TemplateResult =>
      html`<label>${t(`packing.${name}`)}<select name=${name} @change=${(event: Event) => order({ [name]: Number((event.target as HTMLSelectElement).value) })}>${ZOOMS.filter(allowed).map((zoom) => html`<option value=${zoom} ?selected=${zoom === chosen}>${zoom}</option>`)}</select></label>`;
    return html`<div class="pair">${choice("minzoom", minzoom, (zoom) => zoom <= maxzoom)}${choice("maxzoom", maxzoom, (zoom) => zoom >= minzoom)}</div>`;
  }

  #size(): TemplateResult {
    const { estimate, estimating } = this.state.packing;
    if (estimating) return html`<p class="hint" role="status">${t("packing.size.wait")}</p>`;
    if (!estimate) return html`<p class="hint">${t("packing.size.none")}</p>`;
    const many = { tiles: count(estimate.tiles), features: count(estimate.features) };
    return html`<section class="size" role="status"><p>${t("packing.size")} <b>${bytes(estimate.bytes)}</b> <small>${t("packing.size.tiles", many)}</small></p>
      <ul>${estimate.parts.map(({ part, bytes: size }) => html`<li><span>${word("packing.part", part)}</span><span>${bytes(size)}</span></li>`)}</ul>
      ${estimate.fits ? nothing : html`<p class="warn" role="alert">${t("packing.size.toolarge", { limit: bytes(estimate.limit_bytes) })}</p>`}</section>`;
  }

  async #make(event: Event): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    await makePack(String(new FormData(form).get("name")).trim());
  }

  #row(one: ServerPack): TemplateResult {
    const said = [
      word("packing.status", one.status),
      one.bytes === null ? "" : bytes(one.bytes),
      one.made_at ? stamp(one.made_at) : "",
      one.owner ?? "",
    ];
    return html`<li data-made=${one.id} data-status=${one.status}><span class="name"><b>${one.name}</b><small>${said.filter(Boolean).join(" · ")}</small>
        ${one.error ? html`<small class="warn" role="alert">${one.error.text}</small>` : nothing}</span>
      ${one.progress ? progress(one.progress) : nothing}
      <div class="quick">${
        one.file
          ? html`<button class="primary" name="download" @click=${() => downloadMade(one.id)}>${t("packing.download")}</button>
        <a class="button" href="/field">${t("packing.field")}</a>`
          : nothing
      }
      <button name="remove" @click=${() => this.#remove(one.id)}>${this.#sure === one.id ? t("packing.sure") : t("packing.remove")}</button></div></li>`;
  }

  /** A pack took a minute to make: the second press deletes it. */
  #remove(id: string): void {
    if (this.#sure === id) void removeMade(id);
    this.#sure = this.#sure === id ? null : id;
    this.requestUpdate();
  }
}

function days(event: Event): void {
  const { valueAsNumber } = event.target as HTMLInputElement;
  if (valueAsNumber >= 1 && valueAsNumber <= MOST_DAYS) order({ days: Math.round(valueAsNumber) });
}

function progress({
  step,
  count: done,
  total,
}: NonNullable<ServerPack["progress"]>): TemplateResult {
  return html`<div class="work-bar" role="status"><span>${word("packing.step", step)}</span><progress max=${Math.max(1, total)} .value=${done}></progress></div>`;
}

define("om-packing", PackingPanel);
