/** The line between two images: dragged by mouse or finger, or moved with the arrow keys. */
import { html, nothing, type TemplateResult } from "lit";
import { rasterOf } from "../store/ground";
import { moveSwipe } from "../store/swipe";
import { t } from "../text/i18n";
import { define, Panel } from "./panel";

const STEP = 0.02;
const LEAP = 0.1;

class SwipeLine extends Panel {
  static override reads = ["ground"] as const;

  protected override render(): TemplateResult | typeof nothing {
    const { swipe } = this.state.ground;
    if (!swipe) return nothing;
    const share = Math.round(swipe.at * 100);
    return html`<span class="date left">${this.#date(swipe.left)}</span><span class="date right">${this.#date(swipe.right)}</span>
      <div class="line" role="slider" tabindex="0" aria-label=${t("swipe.line")} aria-orientation="horizontal" aria-valuemin="0" aria-valuemax="100" aria-valuenow=${share}
        aria-valuetext="${this.#date(swipe.left)} ${share}% ${this.#date(swipe.right)}"
        @pointerdown=${(event: PointerEvent) => this.#take(event)} @pointermove=${(event: PointerEvent) => this.#drag(event)}
        @keydown=${(event: KeyboardEvent) => this.#key(event)}><i aria-hidden="true">⇔</i></div>`;
  }

  /** The page's policy refuses style attributes; a property of the element is no attribute. */
  protected override updated(): void {
    const { swipe } = this.state.ground;
    const line = this.querySelector<HTMLElement>(".line");
    if (swipe && line) line.style.left = `${swipe.at * 100}%`;
  }

  #date(key: string): string {
    const raster = rasterOf(this.state, key);
    const at = raster?.taken_at ?? raster?.source_date;
    return at ? at.slice(0, 10) : t("swipe.undated");
  }

  #take(event: PointerEvent): void {
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    event.stopPropagation();
  }

  #drag(event: PointerEvent): void {
    if (!(event.currentTarget as HTMLElement).hasPointerCapture(event.pointerId)) return;
    const { left, width } = this.getBoundingClientRect();
    moveSwipe((event.clientX - left) / width);
  }

  #key(event: KeyboardEvent): void {
    const at = this.state.ground.swipe?.at ?? 0.5;
    const to: Readonly<Record<string, number>> = {
      ArrowLeft: at - STEP,
      ArrowDown: at - STEP,
      ArrowRight: at + STEP,
      ArrowUp: at + STEP,
      PageDown: at - LEAP,
      PageUp: at + LEAP,
      Home: 0,
      End: 1,
    };
    const wanted = to[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    moveSwipe(wanted);
  }
}

define("om-swipe", SwipeLine);
