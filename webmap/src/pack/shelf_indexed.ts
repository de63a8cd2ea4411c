/** Packs in the page's database, piece by piece, where there is no file system of its own. */
import { PackError } from "./fault";
import type { Shelf } from "./shelf_contract";

const BASE = "onemap-packs";
const PIECES = "pieces";

interface Piece {
  name: string;
  at: number;
  blob: Blob;
}

export class IndexedShelf implements Shelf {
  #base: Promise<IDBDatabase> | null = null;

  async names(): Promise<string[]> {
    const keys = await this.#run("readonly", (pieces) => pieces.getAllKeys());
    return [...new Set((keys as [string, number][]).map(([name]) => name))].sort();
  }

  async file(name: string): Promise<Blob | null> {
    const pieces = await this.#pieces(name);
    return pieces.length === 0 ? null : new Blob(pieces.map(({ blob }) => blob));
  }

  async write(name: string, at: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (at === 0) await this.remove(name);
    const size = (await this.#pieces(name)).reduce((sum, { blob }) => sum + blob.size, 0);
    if (size !== at) throw new PackError("busy");
    const piece: Piece = { name, at, blob: new Blob([bytes]) };
    await this.#run("readwrite", (pieces) => pieces.put(piece));
  }

  async finish(): Promise<void> {}

  async remove(name: string): Promise<void> {
    await this.#run("readwrite", (pieces) => pieces.delete(range(name)));
  }

  async #pieces(name: string): Promise<Piece[]> {
    return (await this.#run("readonly", (pieces) => pieces.getAll(range(name)))) as Piece[];
  }

  #open(): Promise<IDBDatabase> {
    this.#base ??= new Promise((resolve, reject) => {
      const asked = indexedDB.open(BASE, 1);
      asked.onupgradeneeded = () =>
        asked.result.createObjectStore(PIECES, { keyPath: ["name", "at"] });
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(refusal(asked.error));
    });
    return this.#base;
  }

  /** Wait for the transaction and not for the request: only then is the piece on the disk. */
  async #run<T>(
    mode: IDBTransactionMode,
    work: (pieces: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> {
    const transaction = (await this.#open()).transaction(PIECES, mode);
    const asked = work(transaction.objectStore(PIECES));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = () => reject(refusal(transaction.error));
      transaction.onerror = () => reject(refusal(transaction.error));
    });
  }
}

function range(name: string): IDBKeyRange {
  return IDBKeyRange.bound([name, 0], [name, Number.MAX_SAFE_INTEGER]);
}

function refusal(cause: DOMException | null): PackError {
  return new PackError("storage", { detail: cause?.message ?? "IndexedDB" });
}
