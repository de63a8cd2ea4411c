/** A pack from the server on to the shelf: cut anywhere, it goes on from where it was. */
import { ApiError } from "../api/client";
import type { FilePart } from "../api/packs";
import { PackError } from "./fault";
import { fileName, findKept, type Kept, keep } from "./kept";
import { shelf } from "./shelf";
import type { Shelf } from "./shelf_contract";

/** Written and flushed at once: so much at most is fetched twice after a cut. */
const PIECE_BYTES = 1 << 20;
/** A server that restarts, a lift, a tunnel: so long is waited before it is tried once more, ms. */
const WAITS_MS = [1000, 2000, 4000, 8000, 15_000];

export type Get = (
  id: string,
  from: { at: number; etag: string | null },
  signal: AbortSignal,
) => Promise<FilePart>;

export interface Wanted {
  id: string;
  name: string;
  owner: string | null;
}

export interface Told {
  got: number;
  total: number;
  /** The server is out of reach, and is asked again by itself. */
  waiting: boolean;
}

export interface Means {
  get: Get;
  tell(progress: Told): void;
  signal: AbortSignal;
  pause?(ms: number, signal: AbortSignal): Promise<void>;
}

/** Download a pack, beginning where an earlier download of the same file ended; return the file. */
export async function download(wanted: Wanted, means: Means): Promise<Blob> {
  const place = await shelf();
  const pause = means.pause ?? sleep;
  let told: Told = { got: 0, total: 0, waiting: false };
  const tell = (patch: Partial<Told>): void => {
    told = { ...told, ...patch };
    means.tell(told);
  };
  for (let failed = 0; ; failed += 1) {
    const before = told.got;
    try {
      await fetchRest(place, wanted, { ...means, tell });
      break;
    } catch (cause) {
      // Nothing lies behind what is here: it is of another file, and is fetched anew.
      if (isBeyond(cause)) await place.remove(fileName(wanted.id));
      else if (!isAway(cause)) throw cause;
    }
    if (told.got > before) failed = 0;
    tell({ waiting: true });
    await pause(WAITS_MS[Math.min(failed, WAITS_MS.length - 1)] ?? 0, means.signal);
  }
  const file = await place.file(fileName(wanted.id));
  if (!file || file.size !== told.total) throw new PackError("damaged");
  return file;
}

/** Fetch from the end of what is there; of another version of the file, from its beginning. */
async function fetchRest(
  place: Shelf,
  wanted: Wanted,
  { get, tell, signal }: Omit<Means, "tell"> & { tell(patch: Partial<Told>): void },
): Promise<void> {
  const name = fileName(wanted.id);
  const note = await findKept(wanted.id);
  const held = (await place.file(name))?.size ?? 0;
  const etag = note?.state === "part" ? note.etag : null;
  const from = etag === null ? 0 : held;
  if (note && from > 0 && from === note.bytes) {
    tell({ got: from, total: from, waiting: false });
    return;
  }
  const answer = await get(wanted.id, { at: from, etag }, signal);
  const whole: Kept = {
    ...wanted,
    state: "part",
    bytes: answer.total ?? 0,
    made_at: null,
    expires_at: null,
    site: null,
    etag: answer.etag,
  };
  if (answer.from !== 0 && answer.from !== from) throw new PackError("damaged");
  if (answer.from === 0) await place.write(name, 0, new Uint8Array());
  await keep(whole);
  tell({ got: answer.from, total: answer.total ?? 0, waiting: false });
  try {
    const end = await pour(place, name, answer, tell);
    const total = answer.total ?? end;
    if (end > total) throw new PackError("damaged");
    if (end < total) throw new ApiError(0, "unreachable", "cut");
    tell({ total });
  } finally {
    await place.finish(name);
  }
}

/** Write the stream in pieces of about a megabyte; return where the file ends. */
async function pour(
  place: Shelf,
  name: string,
  { body, from }: FilePart,
  tell: (patch: Partial<Told>) => void,
): Promise<number> {
  let at = from;
  let waiting: Uint8Array[] = [];
  let size = 0;
  const flush = async (): Promise<void> => {
    if (size === 0) return;
    const piece = new Uint8Array(size);
    let next = 0;
    for (const bytes of waiting) {
      piece.set(bytes, next);
      next += bytes.length;
    }
    await place.write(name, at, piece);
    at += size;
    [waiting, size] = [[], 0];
    tell({ got: at });
  };
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      waiting.push(value);
      size += value.length;
      if (size >= PIECE_BYTES) await flush();
    }
  } finally {
    // What came before the cut need not come again.
    await flush();
    reader.releaseLock();
  }
  return at;
}

/** Out of reach for now: no answer, a cut stream, or a proxy before a server that is down. */
function isAway(cause: unknown): boolean {
  if (cause instanceof ApiError)
    return cause.status === 0 || [502, 503, 504].includes(cause.status);
  // What a browser throws when the connection of a stream breaks.
  return cause instanceof TypeError;
}

/** The file that the server has is shorter than what is here. */
function isBeyond(cause: unknown): boolean {
  return cause instanceof ApiError && cause.status === 416;
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new DOMException("stopped", "AbortError"));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    addEventListener("online", () => resolve(), { once: true });
    setTimeout(resolve, ms);
  });
}
