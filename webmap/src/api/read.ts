/**
 * Readers turn what came over the wire into typed values, or say which path was wrong.
 * A field the page does not know is dropped; a field that it needs and does not get is an error.
 */

export class WireError extends Error {
  constructor(path: string, wanted: string, got: unknown) {
    super(`${path}: wanted ${wanted}, got ${got === null ? "null" : typeof got}`);
    this.name = "WireError";
  }
}

export type Reader<T> = (value: unknown, path: string) => T;
export type Read<R> = R extends Reader<infer T> ? T : never;

export const text: Reader<string> = (value, path) => {
  if (typeof value !== "string") throw new WireError(path, "text", value);
  return value;
};

export const number: Reader<number> = (value, path) => {
  if (typeof value !== "number" || !Number.isFinite(value))
    throw new WireError(path, "a finite number", value);
  return value;
};

export const boolean: Reader<boolean> = (value, path) => {
  if (typeof value !== "boolean") throw new WireError(path, "true or false", value);
  return value;
};

export const anything: Reader<unknown> = (value) => value;

/** Text of any scalar: ids and titles that may come as numbers. */
export const label: Reader<string> = (value, path) => {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return text(value, path);
};

export function list<T>(item: Reader<T>): Reader<T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw new WireError(path, "a list", value);
    return value.map((entry, index) => item(entry, `${path}[${index}]`));
  };
}

/** `null` and absent both read as `null`: unknown is one value on the page. */
export function optional<T>(reader: Reader<T>): Reader<T | null> {
  return (value, path) => (value === null || value === undefined ? null : reader(value, path));
}

export function fallback<T>(reader: Reader<T>, instead: T): Reader<T> {
  return (value, path) => (value === null || value === undefined ? instead : reader(value, path));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function record<T>(item: Reader<T>): Reader<Record<string, T>> {
  return (value, path) => {
    if (!isRecord(value)) throw new WireError(path, "an object", value);
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [key, item(entry, `${path}.${key}`)]),
    );
  };
}

export function shape<S extends Record<string, Reader<unknown>>>(
  fields: S,
): Reader<{ [K in keyof S]: Read<S[K]> }> {
  return (value, path) => {
    if (!isRecord(value)) throw new WireError(path, "an object", value);
    const result: Record<string, unknown> = {};
    for (const [key, reader] of Object.entries(fields))
      result[key] = reader(value[key], path ? `${path}.${key}` : key);
    return result as { [K in keyof S]: Read<S[K]> };
  };
}
