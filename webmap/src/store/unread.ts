/**
 * A page must not stand on what it once knew: where a read failed because the server was away, what
 * the stream told is not known, and everything is read again once the server is back.
 */
import { whenUnread } from "../api/client";
import { reached } from "./notices";
import { store } from "./state";

/** How long until it is read again, after none, one and more failures. */
const WAIT_MS = [1_000, 2_000, 5_000, 15_000, 30_000] as const;

let missed = false;
let reading = false;
let failures = 0;
let due: ReturnType<typeof setTimeout> | undefined;

export function watchUnread(readAll: () => Promise<void>): void {
  const plan = (): void => {
    if (!missed || reading || due !== undefined) return;
    // Without a link there is nobody to ask; the link's return brings us here again.
    if (store.state.link.status !== "live") return;
    const wait = WAIT_MS[Math.min(failures, WAIT_MS.length - 1)] ?? 0;
    due = setTimeout(() => void again(), wait * (0.75 + Math.random() / 2));
  };
  const again = async (): Promise<void> => {
    due = undefined;
    missed = false;
    reading = true;
    try {
      await readAll();
    } finally {
      reading = false;
    }
    failures = missed ? failures + 1 : 0;
    if (!missed) reached();
    plan();
  };
  whenUnread(() => {
    missed = true;
    plan();
  });
  store.subscribe((_, changed) => {
    if (changed.has("link")) plan();
  });
}
