/** Two maps side by side: each looks at the page's own state, with something laid over it. */
import { ApiError } from "../api/client";
import { WireError } from "../api/read";
import { explain, tell } from "./notices";
import { Observable } from "./observable";
import { noPlots, type PlotState, plotStore } from "./plot_state";
import { lookingAt } from "./replay_state";
import { type State, type Store, store } from "./state";
import { planOf, sliceAt, stateThen } from "./then";
import type { Side, Twin } from "./twin_state";

/** Compare two times, two plans or two images; null ends it. */
export function compareTwin(twin: Twin | null): void {
  store.set({ twin });
}

/** What one of the two maps reads: the state below whatever the page itself has laid over it. */
export class SideStore {
  readonly store: Store = new Observable<State>({ ...store.below });
  readonly plots = new Observable<PlotState>({ ...plotStore.below });
  #wanted: Side | null = null;
  #stops: (() => void)[] = [];

  /** Follow the page from now on, as a side shows it. */
  async look(side: Side): Promise<void> {
    this.#wanted = side;
    if (this.#stops.length === 0)
      this.#stops = [
        store.subscribe(() => this.store.set({ ...store.below })),
        plotStore.subscribe(() => this.plots.set({ ...plotStore.below })),
      ];
    this.store.set({ ...store.below });
    this.plots.set({ ...plotStore.below });
    try {
      const over = await overOf(side);
      // Meanwhile somebody may have chosen another side.
      if (this.#wanted !== side) return;
      this.store.lay(over.state);
      this.plots.lay(over.plots);
    } catch (cause) {
      if (!(cause instanceof ApiError) && !(cause instanceof WireError)) throw cause;
      tell(explain(cause), "error");
    }
  }

  /** Follow the page no more. */
  rest(): void {
    this.#wanted = null;
    for (const stop of this.#stops) stop();
    this.#stops = [];
    this.store.lay(null);
    this.plots.lay(null);
  }
}

/** Nothing is drawn or asked on either map. */
const QUIET = { draft: null, drawing: null, camera: null, replay: null } as const;

/** What a side lays over the page's state, and over what is drawn. */
interface Over {
  state: Partial<State>;
  plots: Partial<PlotState> | null;
}

async function overOf(side: Side): Promise<Over> {
  if (side.is === "moment") return momentOf(side.at);
  return { state: await presentOf(side), plots: null };
}

async function momentOf(at: number): Promise<Over> {
  const { incident } = store.below;
  const { state, seq, plots } = await stateThen(at, incident);
  const seen = { ...store.below, ...state };
  const slice = sliceAt(seen, at);
  return {
    state: { ...QUIET, ...state, now: at, skew_ms: 0, slice, replay: lookingAt(at, seq) },
    plots: { ...noPlots, incident, loaded: true, plots },
  };
}

async function presentOf(side: Exclude<Side, { is: "moment" }>): Promise<Partial<State>> {
  const { below } = store;
  if (side.is === "plan") {
    const plan = await planOf(side.incident, side.id);
    return { ...QUIET, incident: side.incident, assessments: { [side.incident]: plan } };
  }
  if (side.is === "raster") {
    const choices = [{ key: side.key, opacity: 1, style: null }];
    return { ...QUIET, ground: { ...below.ground, choices, swipe: null } };
  }
  return QUIET;
}
