/** What is seen, as a file: format, coordinate system, encoding. */
import { html, nothing, type TemplateResult } from "lit";
import { EXPORT_FORMATS, type ExportFormat } from "../api/queries";
import { exportLayer } from "../store/asking";
import { may } from "../store/state";
import { t, word } from "../text/i18n";
import { CRS } from "./choices";
import { define, Panel } from "./panel";

class Export extends Panel {
  static override reads = ["session", "asking"] as const;
  static override properties = { layer: { attribute: false } };
  declare layer: string;
  #busy = false;
  #format: ExportFormat = "xlsx";

  protected override render(): TemplateResult | typeof nothing {
    if (!may(this.state, "features.export")) return nothing;
    return html`<details class="export"><summary>${t("export.title")}</summary>
      <form @submit=${(event: Event) => void this.#send(event)}>
      <div class="pair"><label>${t("export.format")}<select name="format" @change=${(event: Event) => this.#choose(event)}>
        ${EXPORT_FORMATS.map((format) => html`<option value=${format} ?selected=${format === this.#format}>${word("format", format)}</option>`)}</select></label>
      <label>${t("import.crs")}<select name="crs">${CRS.filter((crs) => crs !== "EPSG:3857").map((crs) => html`<option value=${crs}>${word("crs", crs)}</option>`)}</select></label></div>
      ${
        this.#format === "shapefile"
          ? html`<label>${t("import.encoding")}<select name="encoding"><option value="utf-8">UTF-8</option><option value="gbk">GBK</option></select></label>`
          : nothing
      }
      <button class="primary wide" name="export" ?disabled=${this.#busy}>${this.#busy ? t("export.making") : t("export.make")}</button></form></details>`;
  }

  #choose(event: Event): void {
    this.#format = (event.target as HTMLSelectElement).value as ExportFormat;
    this.requestUpdate();
  }

  async #send(event: Event): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const value = (name: string): string => String(form.get(name) ?? "");
    this.#busy = true;
    this.requestUpdate();
    await exportLayer(this.layer, {
      format: this.#format,
      crs: value("crs"),
      encoding: value("encoding"),
    });
    this.#busy = false;
    this.requestUpdate();
  }
}

define("om-export", Export);
