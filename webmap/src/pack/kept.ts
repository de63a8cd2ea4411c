/** The packs of this device: whole ones, and ones whose download was cut. */
import { number, optional, type Read, type Reader, shape, text, WireError } from "../api/read";
import type { Pack } from "./reader";
import { shelf } from "./shelf";
import type { Shelf } from "./shelf_contract";

const state: Reader<"whole" | "part"> = (value, path) => {
  const read = text(value, path);
  if (read !== "whole" && read !== "part") throw new WireError(path, "whole or part", value);
  return read;
};
const kept = shape({
  id: text,
  name: text,
  state,
  bytes: number,
  /** Of a whole pack: so that a list needs to open none. */
  made_at: optional(text),
  expires_at: optional(text),
  site: optional(text),
  /** Whose pack it is: the person who was signed in; null for one that came as a file. */
  owner: optional(text),
  /** The version of the file that a cut download is of. */
  etag: optional(text),
});
export type Kept = Read<typeof kept>;

const FILE = ".onemap";
const NOTE = ".json";
const PIECE_BYTES = 4 * 2 ** 20;

export const fileName = (id: string): string => `${id}${FILE}`;

/** List what is kept, the newest first; a note that cannot be read belongs to nothing any more. */
export async function listKept(): Promise<Kept[]> {
  const place = await shelf();
  const names = (await place.names()).filter((name) => name.endsWith(NOTE));
  const notes = await Promise.all(names.map((name) => readNote(place, name)));
  return notes
    .filter((note) => note !== null)
    .sort((a, b) => (b.made_at ?? "").localeCompare(a.made_at ?? ""));
}

async function readNote(place: Shelf, name: string): Promise<Kept | null> {
  const blob = await place.file(name);
  try {
    return blob && kept(JSON.parse(await blob.text()) as unknown, "");
  } catch (cause) {
    if (!(cause instanceof SyntaxError) && !(cause instanceof WireError)) throw cause;
    return null;
  }
}

export async function findKept(id: string): Promise<Kept | null> {
  return readNote(await shelf(), `${id}${NOTE}`);
}

export async function keep(note: Kept): Promise<void> {
  const place = await shelf();
  const name = `${note.id}${NOTE}`;
  await place.write(name, 0, new TextEncoder().encode(JSON.stringify(note)));
  await place.finish(name);
}

/** The file of a kept pack; null where it has been cleared away. */
export async function keptFile(id: string): Promise<Blob | null> {
  return (await shelf()).file(fileName(id));
}

export async function forget(id: string): Promise<void> {
  const place = await shelf();
  await place.remove(fileName(id));
  await place.remove(`${id}${NOTE}`);
}

/** What is noted of a whole pack. */
export function noteOf({ manifest, bytes }: Pack, owner: string | null): Kept {
  const { id, name, made_at, expires_at, signer } = manifest;
  return {
    id,
    name,
    state: "whole",
    bytes,
    made_at,
    expires_at,
    site: signer.site,
    owner,
    etag: null,
  };
}

/** Copy a file that a person chose on to the shelf; `done` hears the share from 0 to 1. */
export async function store(
  id: string,
  file: Blob,
  done: (share: number) => void = () => {},
): Promise<void> {
  const place = await shelf();
  try {
    for (let at = 0; at < file.size; at += PIECE_BYTES) {
      const piece = file.slice(at, Math.min(file.size, at + PIECE_BYTES));
      await place.write(fileName(id), at, new Uint8Array(await piece.arrayBuffer()));
      done((at + piece.size) / file.size);
    }
  } catch (cause) {
    // A half that nobody can open must not fill the device.
    await place.remove(fileName(id));
    throw cause;
  } finally {
    await place.finish(fileName(id));
  }
}
