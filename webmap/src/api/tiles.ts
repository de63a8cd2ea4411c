/** How fresh the tiles are that the server answers, and why it would not: the map only draws them. */

import { failure } from "./client";

/** Since when (ms of this machine's clock) a tile is as it was; null while it is the present one. */
export interface TileState {
  staleSince: number | null;
}

/** Ask for one tile past every cache; null where there is no answer at all. */
export async function probeTile(url: string): Promise<TileState | null> {
  try {
    const response = await fetch(url, { cache: "no-store", credentials: "same-origin" });
    await response.arrayBuffer();
    const stale = response.headers.get("X-Onemap-Stale");
    if (stale === null) return response.ok ? { staleSince: null } : null;
    return { staleSince: since(stale) };
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    return null;
  }
}

/** The header tells seconds, or since when as a time; what cannot be read is since now. */
function since(header: string): number {
  const told = /since=([^;,]+)/.exec(header)?.[1] ?? header;
  const seconds = Number(told);
  if (Number.isFinite(seconds)) return Date.now() - seconds * 1000;
  const at = Date.parse(told);
  return Number.isNaN(at) ? Date.now() : at;
}

/** The sentence of an answer that is an error; null where it has none. */
export async function reasonOf(body: Blob): Promise<string | null> {
  try {
    const { code, message } = failure(0, JSON.parse(await body.text()) as unknown);
    return code === "unknown" ? null : message;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    return null;
  }
}
