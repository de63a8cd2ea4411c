/** The versions of a plot, newest first, and which of them the map shows as a ghost. */
import { getVersions } from "../api/plots";
import { attempt } from "./notices";
import { plotStore } from "./plot_state";

export async function openHistory(plot: string): Promise<void> {
  plotStore.set({ history: { plot, versions: [], more: false, shown: null } });
  await moreHistory();
}

export async function moreHistory(): Promise<void> {
  const { history, incident } = plotStore.state;
  if (!history || !incident) return;
  const before = history.versions.at(-1)?.version ?? null;
  const found = await attempt(() => getVersions(incident, history.plot, before));
  const now = plotStore.state.history;
  if (!found || now?.plot !== history.plot) return;
  plotStore.set({
    history: { ...now, versions: [...now.versions, ...found.versions], more: found.more },
  });
}

export function showVersion(shown: number | null): void {
  const { history } = plotStore.state;
  if (history) plotStore.set({ history: { ...history, shown } });
}
