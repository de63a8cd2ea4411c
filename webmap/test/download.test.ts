import { beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "../src/api/client";
import type { FilePart } from "../src/api/packs";
import { download, type Get, type Told } from "../src/pack/download";
import { findKept } from "../src/pack/kept";
import type { Shelf } from "../src/pack/shelf_contract";

const held = new Map<string, Uint8Array<ArrayBuffer>>();
const place: Shelf = {
  names: async () => [...held.keys()],
  file: async (name) => {
    const bytes = held.get(name);
    return bytes ? new Blob([bytes]) : null;
  },
  write: async (name, at, bytes) => {
    const before = at === 0 ? new Uint8Array() : (held.get(name) ?? new Uint8Array());
    expect(at).toBe(before.length);
    const after = new Uint8Array(at + bytes.length);
    after.set(before);
    after.set(bytes, at);
    held.set(name, after);
  },
  finish: async () => {},
  remove: async (name) => void held.delete(name),
};
vi.mock("../src/pack/shelf", () => ({ shelf: async () => place }));

const ID = "0198a1b2-1111-7000-8000-00000000000a";
const wanted = { id: ID, name: "Vaduz", owner: "duty" };
const SIZE = 3_000_000;
const file = Uint8Array.from({ length: SIZE }, (_, i) => (i * 31) % 251);
let asked: { at: number; etag: string | null }[] = [];
let told: Told[] = [];

/** A server that answers from the byte asked for, and cuts each answer as it is told to. */
function server(cuts: (number | null)[], version: () => { etag: string; bytes: typeof file }): Get {
  return async (_, from): Promise<FilePart> => {
    asked.push(from);
    const { etag, bytes } = version();
    const start = from.etag === etag ? from.at : 0;
    const cut = cuts.shift() ?? null;
    let sent = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (control) => {
        if (!sent) control.enqueue(bytes.subarray(start, cut ?? undefined));
        else if (cut === null) control.close();
        else control.error(new TypeError("network error"));
        sent = true;
      },
    });
    return { from: start, total: bytes.length, etag, body };
  };
}

const means = (get: Get) => ({
  get,
  tell: (one: Told) => void told.push(one),
  signal: new AbortController().signal,
  pause: async () => {},
});
const same = async (blob: Blob, bytes: Uint8Array): Promise<boolean> =>
  Buffer.from(await blob.arrayBuffer()).equals(Buffer.from(bytes));
const one = (): { etag: string; bytes: typeof file } => ({ etag: '"1"', bytes: file });

beforeEach(() => {
  held.clear();
  asked = [];
  told = [];
});

it("goes on from the byte at which it was cut, as often as it is cut", async () => {
  const cuts = [1, 1_234_567, 2_999_999, null];
  expect(await same(await download(wanted, means(server(cuts, one))), file)).toBe(true);
  expect(asked.map(({ at }) => at)).toEqual([0, 1, 1_234_567, 2_999_999]);
  expect(told.some(({ waiting }) => waiting)).toBe(true);
  expect(told.at(-1)).toMatchObject({ got: SIZE, total: SIZE });
});

it("goes on after the page was left, and asks nothing of what is whole already", async () => {
  const stop = new AbortController();
  const left = {
    ...means(server([2_000_000], one)),
    signal: stop.signal,
    pause: async () => {
      throw new DOMException("left", "AbortError");
    },
  };
  await expect(download(wanted, left)).rejects.toThrow("left");
  expect((await findKept(ID))?.state).toBe("part");
  await download(wanted, means(server([null], one)));
  expect(asked.map(({ at }) => at)).toEqual([0, 2_000_000]);
  await download(wanted, means(server([], one)));
  expect(asked.length).toBe(2);
});

it("begins anew where the server has another file by now, and mixes nothing", async () => {
  const other = file.map((byte) => byte ^ 1);
  let version = one();
  const get = server([1_500_000, null], () => version);
  const answer = download(wanted, {
    ...means(get),
    pause: async () => {
      version = { etag: '"2"', bytes: other };
    },
  });
  expect(await same(await answer, other)).toBe(true);
});

it("waits for a server that is away, and gives up where it says no", async () => {
  const answers = [
    new ApiError(0, "unreachable", ""),
    new ApiError(503, "unknown", ""),
    new ApiError(404, "no_pack", "there is no such pack"),
  ];
  const get = (): Promise<FilePart> => Promise.reject(answers.shift());
  await expect(download(wanted, means(get))).rejects.toThrow("no such pack");
  expect(told.filter(({ waiting }) => waiting).length).toBe(2);
});

it("refuses an answer that is longer than it said, or begins elsewhere", async () => {
  const long: Get = async () => ({
    from: 0,
    total: 10,
    etag: '"1"',
    body: new Blob([new Uint8Array(11)]).stream(),
  });
  await expect(download(wanted, means(long))).rejects.toThrow("damaged");
  held.clear();
  const elsewhere: Get = async () => ({
    from: 5,
    total: 10,
    etag: '"1"',
    body: new Blob([new Uint8Array(5)]).stream(),
  });
  await expect(download(wanted, means(elsewhere))).rejects.toThrow("damaged");
});
