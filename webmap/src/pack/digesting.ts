/** The page's side of the digesting worker: one worker, ended when nothing is asked of it. */
import type { Answer, Ask } from "./digest_worker";

export type Digest = (blob: Blob, read?: (bytes: number) => void) => Promise<string>;

/** Run `work` with a digest that another thread computes. */
export async function withDigests<T>(work: (digest: Digest) => Promise<T>): Promise<T> {
  const worker = new Worker(new URL("./digest_worker.ts", import.meta.url), { type: "module" });
  let next = 0;
  const digest: Digest = (blob, read = () => {}) =>
    new Promise((resolve, reject) => {
      const id = next++;
      worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
        if (data.id !== id) return;
        if ("read" in data) read(data.read);
        else if ("sum" in data) resolve(data.sum);
        else reject(new Error(data.error));
      });
      worker.addEventListener("error", ({ message }) => reject(new Error(message)));
      worker.postMessage({ id, blob } satisfies Ask);
    });
  try {
    return await work(digest);
  } finally {
    worker.terminate();
  }
}
