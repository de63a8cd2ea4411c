/** The base of every panel: light DOM, one store, drawn again only when what it reads changes. */
import { LitElement } from "lit";
import { type State, store } from "../store/state";

export abstract class Panel extends LitElement {
  /** The parts of the state that this panel shows. */
  static reads: readonly (keyof State)[] = [];

  #stop: (() => void) | null = null;

  get state(): Readonly<State> {
    return store.state;
  }

  /** Light DOM: one style sheet, and labels that reach their inputs. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const reads = new Set<keyof State>(["language", ...(this.constructor as typeof Panel).reads]);
    this.#stop = store.subscribe((_, changed) => {
      for (const key of changed) {
        if (!reads.has(key)) continue;
        this.requestUpdate();
        return;
      }
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop?.();
    this.#stop = null;
  }
}

export function define(name: string, panel: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, panel);
}
