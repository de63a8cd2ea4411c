/** The only fetch. Errors come back as one class that already speaks the reader's language. */
import {
  anything,
  fallback,
  list,
  optional,
  type Reader,
  record,
  shape,
  text,
  WireError,
} from "./read";

const errorBody = shape({
  error: shape({
    code: text,
    message: fallback(text, ""),
    text: optional(text),
    details: fallback(record(anything), {}),
  }),
});

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Record<string, unknown> = {},
  ) {
    super(message);
    this.name = "ApiError";
  }
}

let language = "zh";

export function setLanguage(to: string): void {
  language = to;
}

export type Query = Record<string, string | number | readonly string[] | null | undefined>;

export function address(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === "") continue;
    search.set(key, Array.isArray(value) ? value.join(",") : String(value));
  }
  const tail = search.toString();
  return tail ? `${path}?${tail}` : path;
}

/** A change says which version it was made on. */
export const ifMatch = (version: number): Record<string, string> => ({
  "If-Match": `"${version}"`,
});

interface Options {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  body?: unknown;
  form?: FormData;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** May be asked while the page shows the past. */
  past?: boolean;
}

/** No answer at all, or a proxy's answer for a server that is down. */
export const AWAY: ReadonlySet<number> = new Set([0, 502, 503, 504]);
/** A connection that died without a word answers nothing for a quarter of an hour. */
const READ_MS = 30_000;

const deaf = new Set<() => void>();

/** Hear of each read that failed because the server was away: what it would have told is unknown. */
export function whenUnread(listener: () => void): () => void {
  deaf.add(listener);
  return () => deaf.delete(listener);
}

let looksBack = false;

/** While a page shows the past nothing is written by it: an order would be one of now. */
export function lookBack(on: boolean): void {
  looksBack = on;
}

export async function request<T>(
  path: string,
  reader: Reader<T>,
  options: Options = {},
): Promise<T> {
  try {
    return await ask(path, reader, options);
  } catch (cause) {
    const read = (options.method ?? "GET") === "GET";
    if (read && cause instanceof ApiError && AWAY.has(cause.status))
      for (const listener of deaf) listener();
    throw cause;
  }
}

async function ask<T>(path: string, reader: Reader<T>, options: Options): Promise<T> {
  const method = options.method ?? "GET";
  if (looksBack && method !== "GET" && !options.past)
    throw new ApiError(409, "looking_back", `${method} ${path}`);
  const headers: Record<string, string> = {
    Accept: "application/json",
    "Accept-Language": language,
    ...options.headers,
  };
  if (method !== "GET") headers["X-Requested-With"] = "onemap";
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  const response = await reach(path, {
    method,
    headers,
    credentials: "same-origin",
    body: options.form ?? (options.body === undefined ? null : JSON.stringify(options.body)),
    signal: options.signal ?? (method === "GET" ? AbortSignal.timeout(READ_MS) : null),
  });
  const body = await decode(response);
  if (!response.ok) throw failure(response.status, body);
  return reader(body, "");
}

const noted = list(shape({ text: fallback(text, "") }));

/**
 * Fetch a file and hand it to the browser as a download, named as the server names it.
 *
 * Returns what the server notes of it: names that were cut, rows that were left out.
 */
export async function save(path: string, instead: string): Promise<string[]> {
  const response = await reach(path, {
    headers: { "Accept-Language": language },
    credentials: "same-origin",
  });
  if (!response.ok) throw failure(response.status, await decode(response));
  const named = /filename\*?=(?:UTF-8'')?"?([^";]+)/i.exec(
    response.headers.get("Content-Disposition") ?? "",
  )?.[1];
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = named ? decodeURIComponent(named) : instead;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  const notes = response.headers.get("X-Notes");
  return notes ? noted(JSON.parse(notes), "X-Notes").map((one) => one.text) : [];
}

/** Fetch a file as a stream, whole or in part. */
export async function openFile(
  path: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<Response> {
  const response = await reach(path, {
    headers: { "Accept-Language": language, ...headers },
    credentials: "same-origin",
    signal,
  });
  if (!response.ok) throw failure(response.status, await decode(response));
  return response;
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (cause) {
    throw unreachable(cause);
  }
}

function unreachable(cause: unknown): unknown {
  if (cause instanceof DOMException && cause.name === "AbortError") return cause;
  return new ApiError(0, "unreachable", cause instanceof Error ? cause.message : String(cause));
}

async function decode(response: Response): Promise<unknown> {
  if (response.status === 204) return {};
  const body = await response.text().catch((cause: unknown) => {
    throw unreachable(cause);
  });
  try {
    return body === "" ? {} : (JSON.parse(body) as unknown);
  } catch {
    throw new ApiError(response.status, "not_json", body.slice(0, 200));
  }
}

/** Read the one error shape; anything else keeps its status, so that it is never taken for success. */
export function failure(status: number, body: unknown): ApiError {
  try {
    const { error } = errorBody(body, "");
    return new ApiError(status, error.code, error.text ?? error.message, error.details);
  } catch (cause) {
    if (!(cause instanceof WireError)) throw cause;
    return new ApiError(status, "unknown", `HTTP ${status}`);
  }
}
