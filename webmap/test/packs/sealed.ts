/** Packs made for tests: written here by hand, so that the reader is held against another hand. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { crc32, gzipSync } from "node:zlib";

type Bytes = Uint8Array<ArrayBuffer>;
export interface Made {
  name: string;
  content: Bytes;
}

export const { publicKey, privateKey } = generateKeyPairSync("ed25519");

export function rawKey(key: KeyObject = publicKey): string {
  const der = key.export({ type: "spki", format: "der" });
  return der.subarray(der.length - 32).toString("base64");
}

export const bytes = (value: string): Bytes => new Uint8Array(Buffer.from(value));
export const json = (value: unknown): Bytes => bytes(JSON.stringify(value));
export const packed = (value: unknown): Bytes => new Uint8Array(gzipSync(json(value)));
export const sha256 = (content: Bytes): string =>
  createHash("sha256").update(content).digest("hex");

export const FEATURES = {
  type: "FeatureCollection",
  features: [
    {
      type: "Feature",
      id: "0198a1b2-0000-7000-8000-000000000001",
      geometry: { type: "Point", coordinates: [9.52, 47.14] },
      properties: { name: "人民医院", name_en: "People's Hospital", name_pinyin: "renminyiyuan" },
    },
    {
      type: "Feature",
      id: "0198a1b2-0000-7000-8000-000000000002",
      geometry: {
        type: "Polygon",
        coordinates: [
          [
            [9.5, 47.1],
            [9.6, 47.1],
            [9.6, 47.2],
            [9.5, 47.1],
          ],
        ],
      },
      properties: { name: "人民", code: "A-7" },
    },
  ],
};

export const PARTS: readonly Made[] = [
  { name: "features/shelter.json.gz", content: packed(FEATURES) },
  { name: "forms.json", content: json({ layers: [{ name: "shelter", title: "避难场所" }] }) },
];

export function manifestOf(parts: readonly Made[], changed: object = {}): Record<string, unknown> {
  return {
    format: "onemap-pack",
    format_version: 1,
    id: "0198a1b2-1111-7000-8000-00000000000a",
    name: "Vaduz",
    made_at: "2026-11-20T08:00:00+00:00",
    expires_at: "2026-12-20T08:00:00+00:00",
    made_by: "duty",
    epoch: "0198a1b2-2222-7000-8000-00000000000a",
    revision: 1207,
    fictional: true,
    bounds: [9.47, 47.05, 9.64, 47.27],
    area: null,
    minzoom: 0,
    maxzoom: 14,
    layers: [{ name: "shelter", title: "避难场所", title_en: "Shelters", group: "help" }],
    parts: parts.map(({ name, content }) => ({
      name,
      bytes: content.length,
      sha256: sha256(content),
      media_type: "application/octet-stream",
      role: "data",
    })),
    signer: { key: rawKey(), site: "Town hall" },
    ...changed,
  };
}

/** A whole pack; `changed` changes its manifest before it is signed. */
export function sealed(changed: object = {}, parts: readonly Made[] = PARTS): Bytes {
  const manifest = json(manifestOf(parts, changed));
  const signature = bytes(sign(null, manifest, privateKey).toString("base64"));
  return zipped([
    { name: "manifest.json", content: manifest },
    { name: "manifest.sig", content: signature },
    ...parts,
  ]);
}

interface Oddity {
  method?: number;
  flags?: number;
  /** A size that is not the content's. */
  size?: number;
  extra?: number;
  at?: number;
}

/** A ZIP of stored entries; oddities are of the entry with that name, in the directory. */
export function zipped(entries: readonly Made[], odd: Record<string, Oddity> = {}): Bytes {
  const body: Buffer[] = [];
  const listed: Buffer[] = [];
  let at = 0;
  for (const { name, content } of entries) {
    const { method = 0, flags = 0, size = content.length, at: said = at } = odd[name] ?? {};
    const named = Buffer.from(name);
    const fixed = Buffer.alloc(24);
    fixed.writeUInt16LE(20, 0);
    fixed.writeUInt16LE(flags, 2);
    fixed.writeUInt16LE(method, 4);
    fixed.writeUInt16LE(33, 8);
    fixed.writeUInt32LE(crc32(content), 10);
    fixed.writeUInt32LE(size, 14);
    fixed.writeUInt32LE(size, 18);
    fixed.writeUInt16LE(named.length, 22);
    const zeros = Buffer.alloc(2);
    const head = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), fixed, zeros, named]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(said, 10);
    const mark = Buffer.concat([Buffer.from("PK\x01\x02", "latin1"), Buffer.from([20, 0])]);
    listed.push(Buffer.concat([mark, fixed, zeros, place, named]));
    body.push(head, Buffer.from(content));
    at += head.length + content.length;
  }
  const directory = Buffer.concat(listed);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return new Uint8Array(Buffer.concat([...body, directory, end]));
}
