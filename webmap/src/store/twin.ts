/** Two maps side by side: each looks at the page's own state, with something laid over it. */
import { ApiError } from "../api/client";
import { WireError } from "../api/read";
import { explain, tell } from "./notices";
import { Observable } from "./observable";
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
  #wanted: Side | null = null;
  #stop: (() => void) | null = null;

  /** Follow the page from now on, as a side shows it. */
  async look(side: Side): Promise<void> {
    this.#wanted = side;
    this.#stop ??= store.subscribe(() => this.store.set({ ...store.below }));
    this.store.set({ ...store.below });
    try {
      const over = await overOf(side);
      // Meanwhile somebody may have chosen another side.
      if (this.#wanted === side) this.store.lay(over);
    } catch (cause) {
      if (!(cause instanceof ApiError) && !(cause instanceof WireError)) throw cause;
      tell(explain(cause), "error");
    }
  }

  /** Follow the page no more. */
  rest(): void {
    this.#wanted = null;
    this.#stop?.();
    this.#stop = null;
    this.store.lay(null);
  }
}

/** Nothing is drawn or asked on either map. */
const QUIET = { draft: null, drawing: null, camera: null, replay: null } as const;

async function overOf(side: Side): Promise<Partial<State>> {
  const { below } = store;
  if (side.is === "moment") {
    const { state, seq } = await stateThen(side.at, below.incident);
    const seen = { ...below, ...state };
    const replay = {
      from: side.at,
      to: side.at,
      at: side.at,
      seq,
      playing: false,
      speed: 1,
      marks: [],
      more: false,
      bookmarks: [],
      failed: false,
    };
    return {
      ...QUIET,
      ...state,
      now: side.at,
      skew_ms: 0,
      slice: sliceAt(seen, side.at),
      replay,
    };
  }
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
