/** The plan plotted with one key, and plots as files: out and in. */
import { html, type TemplateResult } from "lit";
import { newId } from "../api/ids";
import { importPlots, PLOT_FORMATS, postSituation, savePlots } from "../api/plots";
import { attempt, tell } from "../store/notices";
import { drawAtOnce } from "../store/plot_edit";
import { client } from "../store/plot_sync";
import { t, word } from "../text/i18n";
import { define } from "./panel";
import { inputOf, PlotPanel } from "./plot_panel";

class PlotFiles extends PlotPanel {
  static override reads = ["incident", "assessments"] as const;
  #busy = false;
  /** The import that no answer came to. */
  #sent: { file: string; id: string } | null = null;

  protected override render(): TemplateResult {
    const { incident, assessments } = this.state;
    const planned = incident !== null && assessments[incident] !== undefined;
    return html`<section class="plot-files"><button type="button" class="primary wide" name="plot-situation" ?disabled=${!planned || this.#busy} title=${t("plot.situation.hint")} @click=${() => void this.#situation()}>${t("plot.situation")}</button>
      <div class="quick">${PLOT_FORMATS.map((format) => html`<button type="button" name="plot-${format}" ?disabled=${this.#busy} @click=${() => void this.#save(format)}>${word("plot.format", format)}</button>`)}
      <label class="file">${t("plot.import")}<input type="file" name="plot-import" accept=".geojson,.json,.kml,.gpkg" ?disabled=${this.#busy} @change=${(event: Event) => void this.#take(event)} /></label></div></section>`;
  }

  async #work<T>(work: () => Promise<T>): Promise<T | null> {
    this.#busy = true;
    this.requestUpdate();
    const answer = await attempt(work);
    this.#busy = false;
    this.requestUpdate();
    return answer;
  }

  async #situation(): Promise<void> {
    const { incident } = this.state;
    if (!incident) return;
    const made = await this.#work(() => drawAtOnce(() => postSituation(incident, newId(), client)));
    if (!made) return;
    const { added, updated, kept, removed } = made;
    tell(t("plot.situation.done", { added, updated, kept, removed }), "good");
  }

  async #save(format: (typeof PLOT_FORMATS)[number]): Promise<void> {
    const { incident } = this.state;
    if (incident) await this.#work(() => savePlots(incident, format));
  }

  /** A file that is chosen once more because no answer came is still the same import. */
  #idOf(incident: string, { name, size, lastModified }: File): string {
    const file = [incident, name, size, lastModified].join();
    if (this.#sent?.file !== file) this.#sent = { file, id: newId() };
    return this.#sent.id;
  }

  async #take(event: Event): Promise<void> {
    const { incident } = this.state;
    const input = inputOf(event);
    const file = input.files?.[0];
    if (!incident || !file) return;
    const id = this.#idOf(incident, file);
    const made = await this.#work(() => drawAtOnce(() => importPlots(incident, file, id, client)));
    input.value = "";
    if (!made) return;
    this.#sent = null;
    tell(t("plot.import.done", { added: made.added, left: made.left_out.length }), "good");
  }
}

define("om-plot-files", PlotFiles);
