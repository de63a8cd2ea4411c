/**
 * Check an Ed25519 signature (RFC 8032, 5.1.7): by the browser, else by the arithmetic below.
 *
 * Browsers have it since 2023 (Safari 17) to 2025 (Chrome 137), phones in the field are older.
 * Checking needs no secret, so that how long the arithmetic takes tells nobody anything.
 */
const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = mod(-121665n * inverse(121666n));
/** A square root of -1. */
const ROOT = power(2n, (P - 1n) / 4n);

/** Extended coordinates: x = X/Z, y = Y/Z, xy = T/Z. */
interface Point {
  x: bigint;
  y: bigint;
  z: bigint;
  t: bigint;
}

const ZERO: Point = { x: 0n, y: 1n, z: 1n, t: 0n };
const BASE = decode(encodeNumber(mod(4n * inverse(5n))));

/** Whether a signature of 64 bytes over a message is that of a public key of 32 bytes. */
export async function verify(
  key: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
  message: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  if (key.length !== 32 || signature.length !== 64) return false;
  try {
    const known = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", known, signature, message);
  } catch (cause) {
    if (!(cause instanceof DOMException) || cause.name !== "NotSupportedError") {
      // A key that is no point of the curve is refused here as it is below.
      if (cause instanceof DOMException && cause.name === "DataError") return false;
      throw cause;
    }
    return verifyByHand(key, signature, message);
  }
}

/** The same in arithmetic of our own, for browsers that know no Ed25519. */
export async function verifyByHand(
  key: Uint8Array,
  signature: Uint8Array,
  message: Uint8Array,
): Promise<boolean> {
  if (key.length !== 32 || signature.length !== 64) return false;
  const [first, s] = [signature.subarray(0, 32), readNumber(signature.subarray(32))];
  const signer = decode(key);
  if (!signer || !BASE || s >= ORDER) return false;
  const hashed = new Uint8Array(64 + message.length);
  hashed.set(first);
  hashed.set(key, 32);
  hashed.set(message, 64);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-512", hashed));
  const k = readNumber(digest) % ORDER;
  // R = [s]B - [k]A, compared as it is written.
  const negative = { ...signer, x: mod(-signer.x), t: mod(-signer.t) };
  const found = encode(add(multiply(BASE, s), multiply(negative, k)));
  return found.every((byte, index) => byte === first[index]);
}

function mod(a: bigint): bigint {
  const rest = a % P;
  return rest < 0n ? rest + P : rest;
}

function power(base: bigint, exponent: bigint): bigint {
  let [result, square] = [1n, mod(base)];
  for (let e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) result = mod(result * square);
    square = mod(square * square);
  }
  return result;
}

function inverse(a: bigint): bigint {
  return power(a, P - 2n);
}

function add(p: Point, q: Point): Point {
  const a = mod((p.y - p.x) * (q.y - q.x));
  const b = mod((p.y + p.x) * (q.y + q.x));
  const c = mod(2n * p.t * q.t * D);
  const d = mod(2n * p.z * q.z);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return { x: mod(e * f), y: mod(g * h), t: mod(e * h), z: mod(f * g) };
}

function multiply(point: Point, times: bigint): Point {
  let [result, doubled] = [ZERO, point];
  for (let n = times; n > 0n; n >>= 1n) {
    if (n & 1n) result = add(result, doubled);
    doubled = add(doubled, doubled);
  }
  return result;
}

/** The least significant byte comes first. */
function readNumber(bytes: Uint8Array): bigint {
  return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function encodeNumber(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

function encode({ x, y, z }: Point): Uint8Array {
  const shrunk = inverse(z);
  const bytes = encodeNumber(mod(y * shrunk));
  if (mod(x * shrunk) & 1n) bytes[31] = (bytes[31] ?? 0) | 0x80;
  return bytes;
}

/** The point that 32 bytes name; null where they name none (RFC 8032, 5.1.3). */
function decode(bytes: Uint8Array): Point | null {
  const written = readNumber(bytes);
  const odd = written >> 255n;
  const y = written & (2n ** 255n - 1n);
  if (y >= P) return null;
  const [u, v] = [mod(y * y - 1n), mod(D * y * y + 1n)];
  let x = mod(u * power(v, 3n) * power(u * power(v, 7n), (P - 5n) / 8n));
  const square = mod(v * x * x);
  if (square === mod(-u)) x = mod(x * ROOT);
  else if (square !== u) return null;
  if (x === 0n && odd === 1n) return null;
  if ((x & 1n) !== odd) x = P - x;
  return { x, y, z: 1n, t: mod(x * y) };
}
