/** Packs as files in the origin's private file system: read in place, written by a worker. */
import { PackError } from "./fault";
import type { Shelf } from "./shelf_contract";
import type { Done, Order } from "./shelf_worker";

const FOLDER = "packs";

type Listed = FileSystemDirectoryHandle & { keys(): AsyncIterable<string> };

export class FileShelf implements Shelf {
  #worker: Worker | null = null;
  #next = 0;
  readonly #waiting = new Map<number, (done: Done) => void>();

  private constructor(private readonly folder: Listed) {}

  /** Return null where the browser has no such file system, or none that can be written in place. */
  static async open(): Promise<FileShelf | null> {
    if (!navigator.storage?.getDirectory || typeof Worker === "undefined") return null;
    try {
      const root = await navigator.storage.getDirectory();
      return new FileShelf((await root.getDirectoryHandle(FOLDER, { create: true })) as Listed);
    } catch (cause) {
      // A private window has the function, and refuses it.
      if (cause instanceof DOMException) return null;
      throw cause;
    }
  }

  async names(): Promise<string[]> {
    const found: string[] = [];
    for await (const name of this.folder.keys()) found.push(name);
    return found.sort();
  }

  async file(name: string): Promise<Blob | null> {
    try {
      return await (await this.folder.getFileHandle(name)).getFile();
    } catch (cause) {
      if (cause instanceof DOMException && cause.name === "NotFoundError") return null;
      throw cause;
    }
  }

  write(name: string, at: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    return this.#order({ op: "write", name, at, bytes });
  }

  async finish(name: string): Promise<void> {
    if (this.#worker) await this.#order({ op: "finish", name });
  }

  async remove(name: string): Promise<void> {
    await this.finish(name);
    try {
      await this.folder.removeEntry(name);
    } catch (cause) {
      if (!(cause instanceof DOMException) || cause.name !== "NotFoundError") throw cause;
    }
  }

  async #order(order: Omitted<Order>): Promise<void> {
    const id = this.#next++;
    const done = await new Promise<Done>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#hands().postMessage({ ...order, id });
    });
    if (!done.error) return;
    const { name, message } = done.error;
    // Another window of this browser is writing the same file.
    if (name === "NoModificationAllowedError" || name === "InvalidStateError")
      throw new PackError("busy");
    throw new PackError("storage", { detail: message });
  }

  #hands(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(new URL("./shelf_worker.ts", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<Done>) => {
      this.#waiting.get(data.id)?.(data);
      this.#waiting.delete(data.id);
    });
    worker.addEventListener("error", ({ message }) => {
      for (const [id, resolve] of this.#waiting)
        resolve({ id, error: { name: "Error", message: message || "worker" } });
      this.#waiting.clear();
    });
    this.#worker = worker;
    return worker;
  }
}

type Omitted<T> = T extends unknown ? Omit<T, "id"> : never;
