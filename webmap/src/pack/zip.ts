/**
 * The directory of a pack's file: a ZIP whose entries are stored, so that a part is a slice of it.
 *
 * PKWARE APPNOTE 6.3.10, sections 4.3.7 (local header), 4.3.12 (directory), 4.3.16 (end). A pack is
 * written in one form only: nothing packed or encrypted, no time, no extra field, no comment, no
 * gap, names of plain ASCII, less than 4 GiB. Every byte that is no part's own is made again here
 * from names, sizes and check sums, and compared: none of them escapes what was signed.
 */
import { PackError } from "./fault";

export interface Entry {
  name: string;
  /** Where the entry's own bytes begin in the file. */
  offset: number;
  size: number;
}

interface Listed {
  name: string;
  size: number;
  crc: number;
  /** Where the entry's header begins, as the directory says. */
  at: number;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const VERSION = 20;
/** 1 January 1980, the first day that the format knows. */
const DATE = (1 << 5) | 1;

const ENTRIES = 4096;
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/;
const NAME_BYTES = 200;
const ENCRYPTED = 0x0041;

/**
 * Return the entries of a pack in the order in which they lie in the file.
 *
 * Throws a `PackError` that says what is wrong; nothing but the directory and the headers is read.
 */
export async function readEntries(file: Blob): Promise<Entry[]> {
  const { offset, size, count } = await findDirectory(file);
  const raw = await view(file, offset, size);
  const listed = readDirectory(raw, count);
  const found: Entry[] = [];
  let at = 0;
  for (const entry of listed) {
    const start = at + LOCAL_BYTES + entry.name.length;
    if (entry.at !== at || start + entry.size > offset)
      throw new PackError("overlap", { name: entry.name });
    same(await view(file, at, LOCAL_BYTES + entry.name.length), header(entry), entry.name);
    found.push({ name: entry.name, offset: start, size: entry.size });
    at = start + entry.size;
  }
  if (at !== offset) throw new PackError("changed");
  same(raw, directory(listed), "");
  return found;
}

/** The part of a file that an entry is. */
export function slice(file: Blob, { offset, size }: Entry): Blob {
  return file.slice(offset, offset + size);
}

async function view(file: Blob, from: number, length: number): Promise<DataView> {
  if (from + length > file.size) throw new PackError("damaged");
  return new DataView(await file.slice(from, from + length).arrayBuffer());
}

async function findDirectory(file: Blob): Promise<{ offset: number; size: number; count: number }> {
  if (file.size < END_BYTES) throw new PackError("not_a_pack");
  const until = file.size - END_BYTES;
  const end = await view(file, until, END_BYTES);
  if (end.getUint32(0, true) !== END) {
    const began = (await view(file, 0, 4)).getUint32(0, true) === LOCAL;
    throw new PackError(began ? "damaged" : "not_a_pack");
  }
  const [disks, here] = [end.getUint32(4, true), end.getUint16(8, true)];
  const count = end.getUint16(10, true);
  const [size, offset] = [end.getUint32(12, true), end.getUint32(16, true)];
  if (count > ENTRIES) throw new PackError("too_many", { count });
  if (disks !== 0 || here !== count || offset + size !== until) throw new PackError("damaged");
  if (end.getUint16(20, true) !== 0) throw new PackError("changed");
  return { offset, size, count };
}

/** Read what the directory lists; each thing that a careful writer never makes is told as such. */
function readDirectory(data: DataView, count: number): Listed[] {
  const listed: Listed[] = [];
  const seen = new Set<string>();
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    if (at + CENTRAL_BYTES > data.byteLength || data.getUint32(at, true) !== CENTRAL)
      throw new PackError("damaged");
    const length = data.getUint16(at + 28, true);
    const next =
      at + CENTRAL_BYTES + length + data.getUint16(at + 30, true) + data.getUint16(at + 32, true);
    if (next > data.byteLength) throw new PackError("damaged");
    const entry = readListed(data, at, length);
    // Two names that differ in case alone are one file on many a disk.
    const folded = entry.name.toLowerCase();
    if (seen.has(folded)) throw new PackError("duplicate", { name: entry.name });
    seen.add(folded);
    listed.push(entry);
    at = next;
  }
  return listed;
}

function readListed(data: DataView, at: number, length: number): Listed {
  const bytes = new Uint8Array(data.buffer, at + CENTRAL_BYTES, length);
  const name = String.fromCharCode(...bytes.subarray(0, NAME_BYTES + 1));
  if (!NAME.test(name) || length > NAME_BYTES) throw new PackError("name", { name: shown(name) });
  if (data.getUint16(at + 8, true) & ENCRYPTED) throw new PackError("encrypted", { name });
  if (data.getUint16(at + 10, true) !== 0) throw new PackError("compressed", { name });
  const size = data.getUint32(at + 24, true);
  if (size !== data.getUint32(at + 20, true)) throw new PackError("part_size", { name });
  return { name, size, crc: data.getUint32(at + 16, true), at: data.getUint32(at + 42, true) };
}

/** A name from a hostile file, as far as it can be shown on one line. */
function shown(name: string): string {
  return name.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 60);
}

/** What stands before an entry's content. */
function header({ name, size, crc }: Listed): DataView {
  const data = new DataView(new ArrayBuffer(LOCAL_BYTES + name.length));
  data.setUint32(0, LOCAL, true);
  fill(data, 4, { name, size, crc });
  put(data, LOCAL_BYTES, name);
  return data;
}

/** What stands after the last entry's content. */
function directory(entries: readonly Listed[]): DataView {
  const length = entries.reduce((sum, { name }) => sum + CENTRAL_BYTES + name.length, 0);
  const data = new DataView(new ArrayBuffer(length));
  let at = 0;
  for (const entry of entries) {
    data.setUint32(at, CENTRAL, true);
    data.setUint16(at + 4, VERSION, true);
    fill(data, at + 6, entry);
    data.setUint32(at + 42, entry.at, true);
    put(data, at + CENTRAL_BYTES, entry.name);
    at += CENTRAL_BYTES + entry.name.length;
  }
  return data;
}

/** The fields that both headers have: version, flags, method, time, date, sum, sizes, length. */
function fill(data: DataView, at: number, { name, size, crc }: Omit<Listed, "at">): void {
  data.setUint16(at, VERSION, true);
  data.setUint16(at + 8, DATE, true);
  data.setUint32(at + 10, crc, true);
  data.setUint32(at + 14, size, true);
  data.setUint32(at + 18, size, true);
  data.setUint16(at + 22, name.length, true);
}

function put(data: DataView, at: number, name: string): void {
  for (let i = 0; i < name.length; i += 1) data.setUint8(at + i, name.charCodeAt(i));
}

function same(held: DataView, wanted: DataView, name: string): void {
  if (held.byteLength !== wanted.byteLength) throw new PackError("changed", { name });
  for (let at = 0; at < wanted.byteLength; at += 1)
    if (held.getUint8(at) !== wanted.getUint8(at)) throw new PackError("changed", { name });
}
