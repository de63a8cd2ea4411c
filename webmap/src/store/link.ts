/** What the page knows of its stream: a change of state at once, the rest once for a burst. */
import type { LinkStatus } from "../live/stream";
import { type State, store } from "./state";

const BURST_MS = 100;
let last: State["link"] | null = null;
let due: ReturnType<typeof setTimeout> | undefined;

export function heardFrom(status: LinkStatus, seq: number | null): void {
  // Each attempt to dial again tells of itself: only what came from the server is news of it.
  last = { status, seq, at: status === "live" ? Date.now() : (last?.at ?? 0) };
  if (status !== store.state.link.status) show();
  else due ??= setTimeout(show, BURST_MS);
}

function show(): void {
  clearTimeout(due);
  due = undefined;
  if (last) store.set({ link: last });
}
