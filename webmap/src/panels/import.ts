import { html, nothing, type TemplateResult } from "lit";
import { upload } from "../store/importing";
import { tell } from "../store/notices";
import { t } from "../text/i18n";
import { importJob } from "./import_job";
import { define, Panel } from "./panel";

const CRS = ["EPSG:4326", "EPSG:4490", "GCJ-02", "BD-09", "EPSG:3857"];
const ENCODINGS = ["UTF-8", "GBK", "GB18030", "Big5"];

/** A file on its way in: uploaded here, then checked, and a person decides. */
class ImportPanel extends Panel {
  static override reads = ["importing", "layers"] as const;

  protected override render(): TemplateResult {
    const { importing } = this.state;
    return html`<h2>${t("import.title")}</h2>${importing.job ? importJob(importing.job, this.state) : this.#form()}`;
  }

  #form(): TemplateResult {
    const { importing, layers } = this.state;
    const targets = layers.filter(({ name }) => name !== "incident");
    return html`<form @submit=${(event: Event) => void send(event)}>
      <label>${t("import.file")}<input type="file" name="file" required /><small>${t("import.file.hint")}</small></label>
      <label>${t("import.layer")}<select name="layer"><option value="">${t("import.layer.byFile")}</option>
        ${targets.map(({ name, title }) => html`<option value=${name}>${title ?? name}</option>`)}</select></label>
      <label>${t("import.crs")}<input name="crs" list="crs" placeholder=${t("import.crs.auto")} />
        <datalist id="crs">${CRS.map((crs) => html`<option value=${crs}></option>`)}</datalist></label>
      <label>${t("import.encoding")}<input name="encoding" list="encodings" placeholder=${t("import.encoding.auto")} />
        <datalist id="encodings">${ENCODINGS.map((name) => html`<option value=${name}></option>`)}</datalist></label>
      <label>${t("import.map")}<input type="file" name="map" accept=".toml" /></label>
      <button class="primary wide" name="upload" ?disabled=${importing.busy}>${importing.busy ? t("import.sending") : t("import.send")}</button>
      ${importing.busy ? html`<progress></progress>` : nothing}
    </form>`;
  }
}

/** What was left open is not sent; the map goes as its text. */
async function send(event: Event): Promise<void> {
  event.preventDefault();
  const form = new FormData(event.target as HTMLFormElement);
  const file = form.get("file");
  if (!(file instanceof File) || file.name === "") {
    tell(t("error.file"), "error");
    return;
  }
  const map = form.get("map");
  form.delete("map");
  if (map instanceof File && map.name !== "") form.set("map", await map.text());
  for (const name of ["layer", "crs", "encoding"]) if (form.get(name) === "") form.delete(name);
  await upload(form);
}

define("om-import", ImportPanel);
