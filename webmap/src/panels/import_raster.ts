/** The form for a raster file: what it is, from whom and of when; and what became of those sent. */
import { html, nothing, type TemplateResult } from "lit";
import type { RasterUpload } from "../api/rasters";
import { findDistricts } from "../store/asking";
import type { District } from "../store/planner";
import {
  GRID_UNITS,
  isOnItsWay,
  RASTER_KINDS,
  type RasterKind,
  readRasterUploads,
  sendRaster,
  UNITS,
} from "../store/raster_upload";
import { may } from "../store/state";
import { count, stamp } from "../text/format";
import { nameOf, t, word } from "../text/i18n";
import { CRS } from "./choices";
import { define, Panel } from "./panel";

const PAUSE_MS = 200;
const MOST_FILES = 3;
const MOST_SHOWN = 8;
const FILES =
  ".tif,.tiff,.hgt,.png,.jpg,.jpeg,.zip,.prj,.pgw,.pngw,.jgw,.jpgw,.jpegw,.tfw,.tifw,.wld";
/** A year, a month or a day. */
const DATE = "\\d{4}(-\\d{2}(-\\d{2})?)?";
/** Pixels lie on the grid of a map: the shifted systems have none. */
const GRIDS = CRS.filter((name) => name.startsWith("EPSG:"));

class RasterPanel extends Panel {
  static override reads = ["uploading", "importing", "session"] as const;
  #asked = false;
  #kind: RasterKind = "imagery";
  #districts: readonly District[] = [];
  #due: ReturnType<typeof setTimeout> | undefined;

  /** Who sits here may be known only after this is on the screen. */
  protected override updated(): void {
    if (this.#asked || !may(this.state, "rasters.manage")) return;
    this.#asked = true;
    void readRasterUploads();
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!may(this.state, "rasters.manage") || this.state.importing.job) return nothing;
    const { uploading } = this.state;
    return html`<details class="raster-upload"><summary>${t("upload.title")}</summary>${this.#form()}</details>
      <ul class="recent uploads" aria-label=${t("upload.title")}>${(uploading.uploads ?? []).slice(0, MOST_SHOWN).map(row)}</ul>`;
  }

  #form(): TemplateResult {
    const { busy, fault } = this.state.uploading;
    return html`<form @submit=${(event: Event) => void this.#send(event)}>
      <label>${t("import.file")}<input type="file" name="file" multiple required accept=${FILES} @change=${few} /><small>${t("upload.hint")}</small></label>
      <label>${t("upload.kind")}<select name="kind" @change=${(event: Event) => this.#choose(event)}>
        ${RASTER_KINDS.map((kind) => html`<option value=${kind} ?selected=${kind === this.#kind}>${word("ground.kind", kind)}</option>`)}</select></label>
      ${unit(this.#kind)}${moment(this.#kind)}
      <label>${t("import.source")}<input name="source" required maxlength="500" /></label>
      <label>${t("import.sourceDate")}<input name="source_date" pattern=${DATE} maxlength="10" placeholder="2024-06-30" title=${t("upload.date")} /></label>
      <label>${t("import.crs")}<input name="crs" list="raster-crs" maxlength="2000" placeholder=${t("import.crs.auto")} />
        <datalist id="raster-crs">${GRIDS.map((crs) => html`<option value=${crs}>${word("crs", crs)}</option>`)}</datalist></label>
      <details><summary>${t("upload.more")}</summary>${this.#more()}</details>
      ${fault ? html`<p class="failed" role="alert">${fault}</p>` : nothing}
      <footer class="decide"><button class="primary wide" name="send-raster" ?disabled=${busy}>${busy ? t("import.sending") : t("upload.send")}</button></footer>
      ${busy ? html`<progress></progress>` : nothing}</form>`;
  }

  #more(): TemplateResult {
    return html`<label>${t("upload.name")}<input name="name" maxlength="500" /></label>
      <label>${t("upload.licence")}<input name="licence" maxlength="500" /></label>
      <label>${t("upload.region")}<input name="region" list="raster-regions" maxlength="200" autocomplete="off" placeholder=${t("upload.region.all")} @input=${(event: Event) => this.#find(event)} />
        <datalist id="raster-regions">${this.#districts.map((one) => html`<option value=${one.code}>${nameOf(one) ?? one.code}</option>`)}</datalist></label>
      <label>${t("upload.band")}<input type="number" name="band" min="1" max="65535" step="1" /></label>`;
  }

  #choose(event: Event): void {
    const { value } = event.target as HTMLSelectElement;
    this.#kind = RASTER_KINDS.find((kind) => kind === value) ?? this.#kind;
    this.requestUpdate();
  }

  #find(event: Event): void {
    const { value } = event.target as HTMLInputElement;
    clearTimeout(this.#due);
    this.#due = setTimeout(async () => {
      this.#districts = await findDistricts(value);
      this.requestUpdate();
    }, PAUSE_MS);
  }

  async #send(event: Event): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    if (this.state.uploading.busy) return;
    if (await sendRaster(new FormData(form))) form.reset();
  }
}

/** A raster is one file, with a world file and a .prj beside it where it needs them. */
function few(event: Event): void {
  const input = event.target as HTMLInputElement;
  input.setCustomValidity((input.files?.length ?? 0) > MOST_FILES ? t("upload.hint") : "");
}

function unit(kind: RasterKind): TemplateResult | typeof nothing {
  if (kind === "grid")
    return html`<label>${t("upload.unit")}<input name="unit" required maxlength="40" list="raster-units" />
      <datalist id="raster-units">${GRID_UNITS.map((one) => html`<option value=${one}></option>`)}</datalist></label>`;
  const units = UNITS[kind];
  if (!units) return nothing;
  return html`<label>${t("upload.unit")}<select name="unit">${units.map((one) => html`<option value=${one}>${word("upload.unit", one)}</option>`)}</select></label>`;
}

/** When an image was taken, for when a grid's values hold, at which time of day people are there. */
function moment(kind: RasterKind): TemplateResult | typeof nothing {
  switch (kind) {
    case "imagery":
      return html`<label>${t("upload.taken.imagery")}<input type="date" name="taken_at" min="1900-01-01" max="2199-12-31" /></label>`;
    case "grid":
      return html`<label>${t("upload.taken.grid")}<input type="datetime-local" name="taken_at" min="1900-01-01T00:00" max="2199-12-31T23:59" /></label>`;
    case "population":
      return html`<label>${t("upload.period")}<select name="period"><option value="">${t("upload.period.any")}</option>
        ${(["day", "night"] as const).map((one) => html`<option value=${one}>${t(`upload.period.${one}`)}</option>`)}</select></label>`;
    default:
      return nothing;
  }
}

function row(upload: RasterUpload): TemplateResult {
  const { id, file_name, status, error, progress, created_at, created_by } = upload;
  const said = [created_at ? stamp(created_at) : "", created_by ?? ""];
  return html`<li data-upload=${id} data-status=${status}><div class="row"><span class="name">${file_name}<small>${said.filter(Boolean).join(" · ")}</small></span>
      <span class="badge" data-status=${status}>${word("import.status", status)}</span></div>
    ${isOnItsWay(upload) ? html`<progress></progress>${progress.count ? html`<small>${t("upload.rows", { count: count(progress.count) })}</small>` : nothing}` : nothing}
    ${error ? html`<p class="failed" role="alert">${error.text || error.code}</p>` : nothing}</li>`;
}

define("om-raster-upload", RasterPanel);
