/** Writes the page's own files: only a worker may write in place, and so without a second copy. */

interface AccessHandle {
  write(bytes: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}
type WritableFile = FileSystemFileHandle & { createSyncAccessHandle(): Promise<AccessHandle> };

export type Order =
  | { id: number; op: "write"; name: string; at: number; bytes: Uint8Array<ArrayBuffer> }
  | { id: number; op: "finish"; name: string };
export type Done = { id: number; error?: { name: string; message: string } };

const FOLDER = "packs";

const open = new Map<string, AccessHandle>();

async function handle(name: string): Promise<AccessHandle> {
  const held = open.get(name);
  if (held) return held;
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(FOLDER, { create: true });
  const file = (await folder.getFileHandle(name, { create: true })) as WritableFile;
  const made = await file.createSyncAccessHandle();
  open.set(name, made);
  return made;
}

async function write(order: Extract<Order, { op: "write" }>): Promise<void> {
  const file = await handle(order.name);
  if (order.at !== 0 && order.at !== file.getSize())
    throw new RangeError(`${order.name} ends at ${file.getSize()}, not at ${order.at}`);
  if (order.at === 0) file.truncate(0);
  const written = file.write(order.bytes, { at: order.at });
  if (written !== order.bytes.length) {
    file.truncate(order.at);
    throw new DOMException("the device is full", "QuotaExceededError");
  }
  file.flush();
}

async function carryOut(order: Order): Promise<void> {
  if (order.op === "write") return write(order);
  open.get(order.name)?.close();
  open.delete(order.name);
}

/** One after the other: two writes at one time would both find the same end. */
let last: Promise<void> = Promise.resolve();

addEventListener("message", ({ data: order }: MessageEvent<Order>) => {
  last = last.then(async () => {
    const answer: Done = { id: order.id };
    try {
      await carryOut(order);
    } catch (cause) {
      answer.error =
        cause instanceof Error
          ? { name: cause.name, message: cause.message }
          : { name: "Error", message: String(cause) };
    }
    postMessage(answer);
  });
});
