/** The base of a wall's panels: they also follow what only a wall holds. */
import { Panel } from "../panels/panel";
import { type WallState, wallStore } from "../store/wall_state";
import { fitSoon } from "./fit";

export abstract class WallPanel extends Panel {
  /** The parts of the wall's own state that this panel shows. */
  static wallReads: readonly (keyof WallState)[] = [];

  #leave: (() => void) | null = null;

  get wall(): Readonly<WallState> {
    return wallStore.state;
  }

  /** The server's clock, ms: a wall's own may be an hour wrong. */
  get serverNow(): number {
    return this.state.now + this.state.skew_ms;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const reads = new Set<keyof WallState>((this.constructor as typeof WallPanel).wallReads);
    this.#leave = wallStore.subscribe((_, changed) => {
      if ([...changed].some((key) => reads.has(key))) this.requestUpdate();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#leave?.();
    this.#leave = null;
  }

  protected override updated(): void {
    fitSoon();
  }
}
