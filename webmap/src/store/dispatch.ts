/** Who should go where: demand, a proposal that is greedy at once and then the best, and orders of it. */
import { store } from "./state";

export function openDispatch(dialog: "dispatch" | "evacuation"): void {
  store.set({ dialog });
}

export function closeDispatch(): void {
  store.set({ dialog: null });
}
