/** A pack that is open: its manifest, and its parts as slices of the file they came in. */
import type { Digest } from "./digesting";
import { PackError } from "./fault";
import { type Manifest, readManifest } from "./manifest";
import { readEntries, slice } from "./zip";

const MANIFEST = "manifest.json";
const SIGNATURE = "manifest.sig";
const MANIFEST_BYTES = 8 * 2 ** 20;
const SIGNATURE_BYTES = 1024;

export interface Pack {
  manifest: Manifest;
  /** Each part by its name; nothing of it has been read yet. */
  parts: ReadonlyMap<string, Blob>;
  bytes: number;
}

/** Browsers check signatures over https and on the machine itself, and nowhere else. */
export function needsSecurity(): void {
  if (!globalThis.crypto?.subtle) throw new PackError("insecure");
}

/** Read the directory and the manifest of a pack, and hold the one against the other. */
export async function readPack(file: Blob): Promise<Pack> {
  needsSecurity();
  const entries = await readEntries(file);
  const [first, second, ...rest] = entries;
  if (first?.name !== MANIFEST) throw new PackError("not_a_pack");
  if (second?.name !== SIGNATURE) throw new PackError("signature_missing");
  if (first.size > MANIFEST_BYTES || second.size > SIGNATURE_BYTES)
    throw new PackError("manifest", { detail: `${first.size} B` });
  const manifest = await readManifest(
    new Uint8Array(await slice(file, first).arrayBuffer()),
    await slice(file, second).text(),
  );
  const parts = new Map(rest.map((entry) => [entry.name, slice(file, entry)]));
  compare(manifest, parts);
  return { manifest, parts, bytes: file.size };
}

/** The directory holds exactly the parts that were signed, each as long as it was. */
function compare({ parts }: Manifest, held: ReadonlyMap<string, Blob>): void {
  const named = new Set<string>();
  for (const { name, bytes } of parts) {
    if (named.has(name)) throw new PackError("duplicate", { name });
    named.add(name);
    const blob = held.get(name);
    if (!blob) throw new PackError("part_missing", { name });
    if (blob.size !== bytes) throw new PackError("part_size", { name });
  }
  for (const name of held.keys())
    if (!named.has(name)) throw new PackError("part_unknown", { name });
}

/** Digest every part and compare it with what was signed; `done` hears the share from 0 to 1. */
export async function checkParts(
  { manifest, parts }: Pack,
  digest: Digest,
  done: (share: number) => void = () => {},
): Promise<void> {
  const all = manifest.parts.reduce((sum, { bytes }) => sum + bytes, 0);
  let read = 0;
  for (const { name, sha256 } of manifest.parts) {
    const blob = parts.get(name);
    if (!blob) throw new PackError("part_missing", { name });
    const sum = await digest(blob, (bytes) => {
      read += bytes;
      done(all === 0 ? 1 : read / all);
    });
    if (sum !== sha256) throw new PackError("part_digest", { name });
  }
}
