/** Digests away from the page's thread, so that a map can be moved while a pack is checked. */
import { digest } from "./digest";

export interface Ask {
  id: number;
  blob: Blob;
}
export type Answer =
  | { id: number; read: number }
  | { id: number; sum: string }
  | { id: number; error: string };

addEventListener("message", async ({ data: { id, blob } }: MessageEvent<Ask>) => {
  const say = (answer: Answer): void => postMessage(answer);
  try {
    say({ id, sum: await digest(blob, (read) => say({ id, read })) });
  } catch (cause) {
    say({ id, error: cause instanceof Error ? cause.message : String(cause) });
  }
});
