/** Who else hears what the stream tells: parts of a page that come later than it. */
import type { Change } from "../api/wire";

/** A change, or null where changes were missed and all that is shown is to be read once more. */
type Listener = (change: Change | null) => void;

const listeners = new Set<Listener>();

export function hear(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function heard(change: Change | null): void {
  for (const listener of [...listeners]) listener(change);
}
