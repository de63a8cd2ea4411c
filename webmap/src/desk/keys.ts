/** Keys of the desk: one letter a tool or tab, [ and ] from incident to incident; ? lists them. */
import { DESK_KEYS, type DeskKey, DRAWING_KEYS } from "../panels/desk_keys";
import { store } from "../store/state";

const named = (keys: readonly DeskKey[]): ReadonlyMap<string, () => void> =>
  new Map(keys.map(({ key, act }) => [key, act]));
const RESTING = named(DESK_KEYS);
const DRAWING = named(DRAWING_KEYS);

/** A field keeps its own keys, a button those that press it, a dialog all but the way out. */
function elsewhere({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement) || key === "Escape") return false;
  if (target.closest("input, select, textarea, [role=dialog]")) return true;
  return (key === " " || key === "Enter") && target.closest("button, a, summary") !== null;
}

export function listenToKeys(): void {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || elsewhere(event)) return;
    const drawing = store.state.drawing ? DRAWING.get(event.key) : undefined;
    const act = drawing ?? RESTING.get(event.key) ?? RESTING.get(event.key.toLowerCase());
    if (!act) return;
    event.preventDefault();
    act();
  });
}
