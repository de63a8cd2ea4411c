/**
 * Keeps the built files of the field's page, so that it opens where there is no server.
 *
 * A build is kept whole or not at all: every file is checked against the hash that the build wrote
 * down, and nothing is added to a kept build later. Only files of the build are ever kept: they are
 * the same for everybody. What the API answers is one person's, and passes through untouched.
 */

/** A build: its name, and each of its files with the SHA-256 of its content. */
export interface Build {
  version: string;
  files: readonly (readonly [path: string, sha256: string])[];
}

export const PAGE = "/field";
const PREFIX = "onemap-field-";
/** A server that has not answered by then is not waited for; a newer page is told of later. */
const PATIENCE_MS = 5000;
const AT_ONCE = 6;
/** What a proxy says for a server that is down. */
const DOWN: ReadonlySet<number> = new Set([502, 503, 504]);

export type Fetch = (request: RequestInfo, init?: RequestInit) => Promise<Response>;

export class Keeper {
  readonly #paths: ReadonlySet<string>;
  readonly #name: string;

  constructor(
    private readonly build: Build,
    private readonly caches: CacheStorage,
    private readonly ask: Fetch,
  ) {
    this.#paths = new Set(build.files.map(([path]) => path));
    this.#name = PREFIX + build.version;
  }

  /** Fetch and check every file; one that is not of this build fails the whole. */
  async install(): Promise<void> {
    const cache = await this.caches.open(this.#name);
    const waiting = [...this.build.files];
    const work = async (): Promise<void> => {
      for (let next = waiting.pop(); next; next = waiting.pop()) await this.#keep(cache, ...next);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  async #keep(cache: Cache, path: string, sha256: string): Promise<void> {
    // An install that was cut goes on; a font of the last build is the same file in this one.
    if (await cache.match(path)) return;
    const held = path === PAGE ? undefined : await this.caches.match(path);
    if (held && (await digestOf(held)) === sha256) return cache.put(path, held);
    const response = await this.ask(path, { cache: "no-cache", credentials: "same-origin" });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    if ((await digestOf(response)) !== sha256) throw new Error(`${path} is of another build`);
    await cache.put(path, response);
  }

  /** Drop the builds before this one; no page of theirs is open any more. */
  async activate(): Promise<void> {
    for (const name of await this.caches.keys())
      if (name.startsWith(PREFIX) && name !== this.#name) await this.caches.delete(name);
  }

  /** Whether a request is for this keeper; every other goes its own way. */
  takes({ method, mode, url }: Pick<Request, "method" | "mode" | "url">, origin: string): boolean {
    const { origin: asked, pathname } = new URL(url);
    if (method !== "GET" || asked !== origin || !this.#paths.has(pathname)) return false;
    return pathname !== PAGE || mode === "navigate";
  }

  /** Answer a request that `takes` has taken. */
  async answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === PAGE) return this.#page(request);
    return (await this.#held(pathname)) ?? this.ask(request);
  }

  /** The server's own page, and only where it has none to give the one that is kept. */
  async #page(request: Request): Promise<Response> {
    try {
      const response = await this.ask(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
      if (!DOWN.has(response.status)) return response;
      return (await this.#held(PAGE)) ?? response;
    } catch (cause) {
      const held = await this.#held(PAGE);
      if (!held) throw cause;
      return held;
    }
  }

  async #held(path: string): Promise<Response | undefined> {
    return (await this.caches.open(this.#name)).match(path);
  }
}

async function digestOf(response: Response): Promise<string> {
  const sum = await crypto.subtle.digest("SHA-256", await response.clone().arrayBuffer());
  return [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
