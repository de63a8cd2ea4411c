/** The plots that were taken off, read while somebody looks at their list. */
import { getRemoved } from "../api/plots";
import { attempt } from "./notices";
import { plotStore } from "./plot_state";
import { soon } from "./soon";

export async function openRemoved(): Promise<void> {
  const { incident } = plotStore.state;
  if (!incident) return;
  const removed = await attempt(() => getRemoved(incident));
  if (removed && plotStore.state.incident === incident) plotStore.set({ removed });
}

export function closeRemoved(): void {
  plotStore.set({ removed: null });
}

/** What went or came back since is read once the server has it. */
plotStore.subscribe(({ removed, waiting }, changed) => {
  if (removed && waiting === 0 && changed.has("plots")) soon("plots removed", openRemoved);
});
