/** The second map of a wide wall: the surroundings of the first, another incident, a time before. */
import { html, nothing, type TemplateResult } from "lit";
import { mountMap } from "../map/frame";
import { define } from "../panels/panel";
import { beginSecond, second, secondPlots, secondStore } from "../store/wall_second";
import { stamp } from "../text/format";
import { t } from "../text/i18n";
import { WallPanel } from "./panel";

/** Wide enough for two maps side by side. */
const WIDE = matchMedia("(min-aspect-ratio: 3 / 1)");

class SecondMap extends WallPanel {
  static override reads = ["incident", "incidents", "ready"] as const;
  static override wallReads = ["wall"] as const;
  #mounted = false;
  readonly #widen = (): void => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    WIDE.addEventListener("change", this.#widen);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    WIDE.removeEventListener("change", this.#widen);
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!WIDE.matches && !this.#mounted) return nothing;
    return html`<h2>${this.#title()}</h2><div class="second-map"></div>`;
  }

  protected override updated(): void {
    super.updated();
    const place = this.querySelector<HTMLElement>(".second-map");
    if (this.#mounted || !place || !this.state.ready) return;
    this.#mounted = true;
    beginSecond();
    mountMap(place, {
      still: true,
      aside: true,
      scale: 2,
      store: secondStore,
      plots: secondPlots,
    });
  }

  #title(): string {
    const { incident, at } = second();
    if (at !== null) return t("hall.second.time", { time: stamp(at) });
    const other = this.state.incidents.find(({ id }) => id === incident);
    return other ? t("hall.second.incident", { title: other.title }) : t("hall.second.context");
  }
}

define("om-hall-second", SecondMap);
