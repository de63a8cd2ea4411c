/** The SHA-256 of a blob, read in pieces: a part may be larger than the memory. */
import { Sha256 } from "./sha256";

/** The browser's own digest is ten times faster, but takes only what is whole in memory. */
const WHOLE_BYTES = 32 * 2 ** 20;
const PIECE_BYTES = 4 * 2 ** 20;

/** Return the digest as 64 hexadecimal digits; `read` hears of each piece, in bytes. */
export async function digest(
  blob: Blob,
  read: (bytes: number) => void = () => {},
): Promise<string> {
  if (blob.size <= WHOLE_BYTES && globalThis.crypto?.subtle) {
    const sum = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
    read(blob.size);
    return hex(new Uint8Array(sum));
  }
  const sum = new Sha256();
  for (let at = 0; at < blob.size; at += PIECE_BYTES) {
    const piece = blob.slice(at, Math.min(blob.size, at + PIECE_BYTES));
    sum.update(new Uint8Array(await piece.arrayBuffer()));
    read(piece.size);
  }
  return sum.hex();
}

export function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
