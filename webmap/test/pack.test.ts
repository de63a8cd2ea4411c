import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { clockIsBehind, isExpired } from "../src/pack/age";
import { readForms } from "../src/pack/contents";
import { digest } from "../src/pack/digest";
import { verifyByHand } from "../src/pack/ed25519";
import { featureInPack, findInPack, unsearched } from "../src/pack/finding";
import { checkParts, type Pack, readPack } from "../src/pack/reader";
import { Sha256 } from "../src/pack/sha256";
import { readEntries } from "../src/pack/zip";
import {
  bytes,
  json,
  manifestOf,
  PARTS,
  packed,
  privateKey,
  rawKey,
  sealed,
  sha256,
  zipped,
} from "./packs/sealed";

const blob = (content: Uint8Array<ArrayBuffer>): Blob => new Blob([content]);

/** Open a pack and check its parts; return the fault's code where it is refused. */
async function fault(content: Uint8Array<ArrayBuffer>): Promise<string> {
  try {
    const pack = await readPack(blob(content));
    await checkParts(pack, digest);
    return "none";
  } catch (cause) {
    return (cause as { fault?: string }).fault ?? String(cause);
  }
}

describe("a pack that is whole", () => {
  it("opens, and tells what it is", async () => {
    const pack = await readPack(blob(sealed()));
    await checkParts(pack, digest);
    expect(pack.manifest.name).toBe("Vaduz");
    expect([...pack.parts.keys()]).toEqual(PARTS.map(({ name }) => name));
    expect((await readForms(pack)).map(({ title }) => title)).toEqual(["避难场所"]);
  });

  it("made and signed by the server's own code opens too", async () => {
    const file = readFileSync(join(import.meta.dirname, "packs/server.onemap"));
    const pack = await readPack(new Blob([new Uint8Array(file)]));
    let share = 0;
    await checkParts(pack, digest, (done) => {
      share = done;
    });
    expect(share).toBe(1);
    expect(await pack.parts.get("README.txt")?.text()).toBe("a pack\n");
  });

  it("tells when it has expired, and when the clock cannot know", async () => {
    const { manifest } = await readPack(blob(sealed()));
    expect(isExpired(manifest, Date.parse("2026-12-20T07:59:59Z"))).toBe(false);
    expect(isExpired(manifest, Date.parse("2026-12-20T08:00:00Z"))).toBe(true);
    expect(clockIsBehind(manifest, Date.parse("2026-11-20T08:00:01Z"))).toBe(false);
    expect(clockIsBehind(manifest, Date.parse("2020-01-01T00:00:00Z"))).toBe(true);
  });
});

describe("a pack that is not as it was signed is refused", () => {
  it("with any one byte flipped", async () => {
    const whole = sealed();
    const passed: number[] = [];
    for (let at = 0; at < whole.length; at += 1) {
      const flipped = whole.slice();
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
      if ((await fault(flipped)) === "none") passed.push(at);
    }
    expect(passed).toEqual([]);
  });

  it("cut at any place", async () => {
    const whole = sealed();
    const passed: number[] = [];
    for (let end = 0; end < whole.length; end += 7)
      if ((await fault(whole.slice(0, end))) === "none") passed.push(end);
    expect(passed).toEqual([]);
  });

  it("signed by somebody else than its manifest names", async () => {
    const other = generateKeyPairSync("ed25519");
    expect(await fault(sealed({ signer: { key: rawKey(other.publicKey) } }))).toBe("signature");
    expect(await fault(sealed({ signer: { key: "AAAA" } }))).toBe("signature");
    expect(await fault(sealed({ signer: { key: "no key" } }))).toBe("signature");
  });

  it("of a later format, whatever else its manifest says", async () => {
    expect(await fault(sealed({ format_version: 2, parts: "elsewhere" }))).toBe("version");
    expect(await fault(sealed({ format: "another" }))).toBe("not_a_pack");
  });

  it("with a manifest that says nonsense", async () => {
    expect(await fault(sealed({ bounds: [9, 47] }))).toBe("manifest");
    expect(await fault(sealed({ bounds: [9, 48, 10, 47] }))).toBe("manifest");
    expect(await fault(sealed({ id: "../../etc" }))).toBe("manifest");
    expect(await fault(sealed({ expires_at: "soon" }))).toBe("manifest");
  });
});

describe("a file that a careful writer never makes is refused", () => {
  const manifest = json(manifestOf(PARTS));
  const front = [
    { name: "manifest.json", content: manifest },
    {
      name: "manifest.sig",
      content: bytes(sign(null, manifest, privateKey).toString("base64")),
    },
  ];
  const own = front.concat(PARTS);

  it.each([
    "../evil.json",
    "/etc/passwd",
    "a/../../b",
    "C:\\evil",
    "features\\x",
    "a//b",
    ".hidden",
    "a/./b",
    "nul\0",
    "\u202egnp.exe",
    "x".repeat(201),
  ])("with a part of the name %j", async (name) => {
    expect(await fault(zipped([...own, { name, content: bytes("x") }]))).toBe("name");
  });

  it("with a name twice, also in other letters", async () => {
    const again = { name: "FORMS.json", content: bytes("{}") };
    expect(await fault(zipped([...own, again]))).toBe("duplicate");
  });

  it("with a part packed, encrypted, or of a size that is a lie", async () => {
    expect(await fault(zipped(own, { "forms.json": { method: 8 } }))).toBe("compressed");
    expect(await fault(zipped(own, { "forms.json": { flags: 1 } }))).toBe("encrypted");
    expect(await fault(zipped(own, { "forms.json": { size: 1e6 } }))).toBe("overlap");
    expect(await fault(zipped(own, { "forms.json": { size: 3 } }))).toBe("changed");
  });

  it("with two entries over the same bytes", async () => {
    expect(await fault(zipped(own, { "forms.json": { at: 0 } }))).toBe("overlap");
  });

  it("with a part more or fewer than was signed", async () => {
    const extra = { name: "more.json", content: bytes("{}") };
    expect(await fault(zipped([...own, extra]))).toBe("part_unknown");
    expect(await fault(zipped(own.slice(0, -1)))).toBe("part_missing");
    expect(await fault(zipped(own.slice(1)))).toBe("not_a_pack");
    expect(await fault(zipped(front.slice(0, 1).concat(PARTS)))).toBe("signature_missing");
  });

  it("that is no ZIP at all, or has something behind its end", async () => {
    expect(await fault(bytes(""))).toBe("not_a_pack");
    expect(await fault(bytes("%PDF-1.7 and so on, as long as it takes"))).toBe("not_a_pack");
    expect(await fault(new Uint8Array([...sealed(), 0]))).toBe("damaged");
  });

  it("with more entries than any pack has, before they are read", async () => {
    const end = Buffer.alloc(22);
    end.write("PK\x05\x06", "latin1");
    end.writeUInt16LE(0xffff, 8);
    end.writeUInt16LE(0xffff, 10);
    await expect(readEntries(blob(new Uint8Array(end)))).rejects.toThrow("too_many");
  });
});

describe("what lies in a pack", () => {
  const open = (): Promise<Pack> => readPack(blob(sealed()));

  it("is found by its name, by pinyin and by its code, the exact name first", async () => {
    const pack = await open();
    const names = async (q: string): Promise<unknown[]> =>
      (await findInPack(pack, q)).map(({ name }) => name);
    expect(await names("人民")).toEqual(["人民", "人民医院"]);
    expect(await names("ren min")).toEqual(["人民医院"]);
    expect(await names("a-7")).toEqual(["人民"]);
    expect(await names("  ")).toEqual([]);
    expect(await names("水库")).toEqual([]);
  });

  it("is found with its place, and shown with all its fields", async () => {
    const pack = await open();
    const [found] = await findInPack(pack, "A-7");
    expect([found?.lon, found?.lat]).toEqual([9.55, 47.150000000000006]);
    const shown = await featureInPack(pack, "shelter", found?.id ?? "");
    expect(shown?.properties.code).toBe("A-7");
    expect(await featureInPack(pack, "shelter", "nobody")).toBeNull();
  });

  it("that unpacks without end is not read, and a search says that it left it out", async () => {
    const bomb = { type: "FeatureCollection", features: [], pad: " ".repeat(130 * 2 ** 20) };
    const parts = [{ name: "features/shelter.json.gz", content: packed(bomb) }];
    const pack = await readPack(blob(sealed({}, parts)));
    await expect(featureInPack(pack, "shelter", "x")).rejects.toThrow("too_large");
    expect(await findInPack(pack, "x")).toEqual([]);
    expect(await unsearched(pack)).toEqual(["shelter"]);
  }, 60_000);

  it("that is no JSON, or not packed as its name says, is refused as that part", async () => {
    for (const content of [bytes("{"), bytes("no gzip"), packed([1])]) {
      const parts = [{ name: "features/shelter.json.gz", content }];
      const pack = await readPack(blob(sealed({}, parts)));
      await expect(findInPack(pack, "x")).rejects.toThrow("part_invalid");
    }
  });
});

describe("arithmetic of our own", () => {
  it("digests as the library does, however the bytes come", () => {
    const data = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7919) % 251);
    for (let length = 0; length < 200; length += 1) {
      const sum = new Sha256();
      for (let at = 0; at < length; at += 13)
        sum.update(data.subarray(at, Math.min(length, at + 13)));
      const wanted = createHash("sha256").update(data.subarray(0, length)).digest("hex");
      expect(sum.hex()).toBe(wanted);
    }
  });

  it("digests in pieces what is too large to be digested whole", async () => {
    const large = new Uint8Array(33 * 2 ** 20).fill(7);
    const heard: number[] = [];
    expect(await digest(new Blob([large]), (read) => heard.push(read))).toBe(sha256(large));
    expect(heard.length).toBeGreaterThan(5);
  });

  // RFC 8032, 7.1: TEST 1, TEST 2, TEST 3.
  it.each([
    [
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
      "",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ],
    [
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
      "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ],
    [
      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
      "af82",
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ],
  ])("checks the signature that is printed for the key %s", async (key, message, signature) => {
    const [k, m, s] = [key, message, signature].map(
      (hex) => new Uint8Array(Buffer.from(hex, "hex")),
    );
    if (!k || !m || !s) throw new Error("no vector");
    expect(await verifyByHand(k, s, m)).toBe(true);
    for (const at of [0, 31, 32, 63]) {
      const wrong = s.slice();
      wrong[at] = (wrong[at] ?? 0) ^ 1;
      expect(await verifyByHand(k, wrong, m)).toBe(false);
    }
    expect(await verifyByHand(k, s, new Uint8Array([...m, 0]))).toBe(false);
  });

  it("refuses a signature whose number is not the smallest (RFC 8032, 5.1.7)", async () => {
    const message = new Uint8Array([1, 2, 3]);
    const made = new Uint8Array(sign(null, message, privateKey));
    const key = new Uint8Array(Buffer.from(rawKey(), "base64"));
    expect(await verifyByHand(key, made, message)).toBe(true);
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    let s = order;
    for (let i = 63; i >= 32; i -= 1) s += BigInt(made[i] ?? 0) << BigInt(8 * (i - 32));
    for (let i = 32; i < 64; i += 1) made[i] = Number((s >> BigInt(8 * (i - 32))) & 0xffn);
    expect(await verifyByHand(key, made, message)).toBe(false);
  });
});
