/** Code that is fetched when it is first wanted, and again where the server was away. */
import { ApiError } from "../api/client";
import { fetchCode } from "../api/code";
import { attempt, explain, reached, tell } from "./notices";
import { store } from "./state";

/** How long until it is asked for again, after one and more failures. */
const WAIT_MS = [1_000, 2_000, 5_000, 15_000, 30_000] as const;

/** Fetch what a page cannot do without; that the server is away is said once. */
export async function fetched<T>(load: () => Promise<T>): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    try {
      const found = await fetchCode(load);
      if (failures > 0) reached();
      return found;
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause;
      if (failures === 0) tell(explain(cause), "error");
    }
    await linked(WAIT_MS[Math.min(failures, WAIT_MS.length - 1)] ?? 0);
  }
}

/** Fetch what a press asks for; where it does not come that is said, and a press asks again. */
export async function pressed<T>(load: () => Promise<T>, act: (code: T) => unknown): Promise<void> {
  const code = await attempt(() => fetchCode(load));
  if (code !== null) await act(code);
}

/** Wait a while, or until the link is back. */
function linked(wait_ms: number): Promise<void> {
  return new Promise((done) => {
    const go = (): void => {
      clearTimeout(timer);
      stop();
      done();
    };
    const timer = setTimeout(go, wait_ms);
    const stop = store.subscribe(({ link }, changed) => {
      if (changed.has("link") && link.status === "live") go();
    });
  });
}
