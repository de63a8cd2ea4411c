/** What every place for packs can do, whatever the browser keeps its files in. */

/** Files by name. A file grows at its end, so that a download that was cut goes on from there. */
export interface Shelf {
  names(): Promise<string[]>;
  /** What is stored under a name; null where nothing is. */
  file(name: string): Promise<Blob | null>;
  /** Write at a position that is the file's end, or 0 to begin anew. */
  write(name: string, at: number, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Let go of a file that was written, so that it can be read. */
  finish(name: string): Promise<void>;
  remove(name: string): Promise<void>;
}
