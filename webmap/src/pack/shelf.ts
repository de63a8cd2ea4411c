/** Where packs lie on this device: files of the page's own, else blobs in its database. */
import { PackError } from "./fault";
import type { Shelf } from "./shelf_contract";
import { IndexedShelf } from "./shelf_indexed";
import { FileShelf } from "./shelf_opfs";

let chosen: Promise<Shelf> | null = null;

/** Return this device's shelf; a browser that keeps nothing is told as such. */
export function shelf(): Promise<Shelf> {
  chosen ??= choose();
  return chosen;
}

async function choose(): Promise<Shelf> {
  const files = await FileShelf.open();
  if (files) return files;
  if (typeof indexedDB === "undefined") throw new PackError("storage", { detail: "IndexedDB" });
  return new IndexedShelf();
}

/** How full the device's storage is, bytes; null where the browser does not say. */
export async function space(): Promise<{ used: number; quota: number } | null> {
  const estimate = await navigator.storage?.estimate?.();
  if (estimate?.usage === undefined || estimate.quota === undefined) return null;
  return { used: estimate.usage, quota: estimate.quota };
}

/** Ask that the browser does not clear what is kept when it runs short; it may say no. */
export async function askToPersist(): Promise<boolean> {
  if (!navigator.storage?.persist) return false;
  return (await navigator.storage.persisted()) || navigator.storage.persist();
}
