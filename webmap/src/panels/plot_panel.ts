/** The base of panels that show plots: drawn again when what they read of them changes. */
import { type PlotState, plotStore } from "../store/plot_state";
import { Panel } from "./panel";
import "../text/plot_words";

export abstract class PlotPanel extends Panel {
  static plots: readonly (keyof PlotState)[] = [];
  #stop: (() => void) | null = null;

  get plots(): Readonly<PlotState> {
    return plotStore.state;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const reads = new Set<keyof PlotState>((this.constructor as typeof PlotPanel).plots);
    this.#stop = plotStore.subscribe((_, changed) => {
      if ([...changed].some((key) => reads.has(key))) this.requestUpdate();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop?.();
    this.#stop = null;
  }
}

/** What a person reads of a plot in a list: its label, else its kind. */
export const inputOf = (event: Event): HTMLInputElement => event.target as HTMLInputElement;
