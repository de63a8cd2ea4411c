/** Whose signatures this device believes: the server's at first contact, others by a person's yes. */
import { list, optional, type Read, shape, text, WireError } from "../api/read";

const STORE = "onemap.pack.signers";

const signer = shape({
  key: text,
  site: optional(text),
  since: text,
  /** `server` or `person`. */
  by: text,
});
export type Signer = Read<typeof signer>;

export type Contact = "first" | "same" | "another";

export function signers(): Signer[] {
  const written = localStorage.getItem(STORE);
  if (written === null) return [];
  try {
    return list(signer)(JSON.parse(written) as unknown, "");
  } catch (cause) {
    if (!(cause instanceof SyntaxError) && !(cause instanceof WireError)) throw cause;
    return [];
  }
}

export function isTrusted(key: string): boolean {
  return signers().some((one) => one.key === key);
}

export function trust(key: string, site: string | null, by: "server" | "person"): void {
  const others = signers().filter((one) => one.key !== key);
  const made: Signer = { key, site, since: new Date().toISOString(), by };
  localStorage.setItem(STORE, JSON.stringify([...others, made]));
}

/**
 * Hear which key the server signs with.
 *
 * The first one is remembered. Another one later is not: whoever stands between this device and
 * its server could give one, so a person decides.
 */
export function hearKey(key: string, site: string | null): Contact {
  if (isTrusted(key)) return "same";
  if (signers().some(({ by }) => by === "server")) return "another";
  trust(key, site, "server");
  return "first";
}

/** A key as two people can compare it over the radio: the first 16 hexadecimal digits of its hash. */
export async function fingerprint(key: string): Promise<string> {
  const sum = new Uint8Array(
    await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key)),
  ).subarray(0, 8);
  const digits = [...sum].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return (digits.match(/.{4}/g) ?? []).join(" ");
}
