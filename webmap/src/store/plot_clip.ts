/** Plots copied here, and put down again a little aside. */
import type { Position } from "geojson";
import { newId } from "../api/ids";
import type { Plot } from "../api/plots";
import { create, wholeOf } from "./plot_edit";
import { shifted } from "./plot_move";
import { plotStore, selected } from "./plot_state";

let clipboard: readonly Plot[] = [];

export function copy(): void {
  clipboard = selected(plotStore.state);
}

/** Put copies a little aside, in groups of their own. */
export function paste(shift: (position: Position) => Position): void {
  const groups = new Map<string, string>();
  const own = (id: string | null): string | null => {
    if (id === null) return null;
    if (!groups.has(id)) groups.set(id, newId());
    return groups.get(id) ?? null;
  };
  create(clipboard.map((plot) => ({ ...wholeOf(shifted(plot, shift)), group: own(plot.group) })));
  clipboard = selected(plotStore.state).length > 0 ? selected(plotStore.state) : clipboard;
}
