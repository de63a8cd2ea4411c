/** The moments of a cloud's life: one is shown, or they are played one after the other. */
import { sliceTimes } from "../api/assessment";
import { activePlan, store } from "./state";

export const FRAME_MS = 700;

let timer: ReturnType<typeof setInterval> | undefined;

export function showSlice(slice: number | null): void {
  hold();
  store.set({ slice });
}

/** Play from the moment shown to the last one and stay there; pressed again it holds. */
export function play(): void {
  if (store.state.playing) {
    hold();
    return;
  }
  const times = moments();
  const { slice } = store.state;
  const again = slice === null || slice === times.at(-1);
  store.set({ playing: true, slice: again ? (times[0] ?? null) : slice });
  timer = setInterval(next, FRAME_MS);
}

function next(): void {
  const { slice } = store.state;
  const following = slice === null ? undefined : moments().find((time) => time > slice);
  if (following === undefined) hold();
  else store.set({ slice: following });
}

function hold(): void {
  clearInterval(timer);
  store.set({ playing: false });
}

function moments(): number[] {
  const plan = activePlan(store.state);
  return plan ? sliceTimes(plan) : [];
}
