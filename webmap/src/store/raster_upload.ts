/** A raster file on its way in: sent with what is said of it, followed until it is drawn. */
import * as api from "../api/rasters";
import { t } from "../text/i18n";
import { readGround } from "./ground";
import { attempt, explain, tell } from "./notices";
import type { Uploading } from "./planner";
import { store } from "./state";

export const RASTER_KINDS = ["imagery", "dem", "fuel", "population", "grid"] as const;
export type RasterKind = (typeof RASTER_KINDS)[number];

/** The units between which a person chooses; a grid has any, and the others just one. */
export const UNITS: Readonly<Partial<Record<RasterKind, readonly string[]>>> = {
  population: ["people", "people/km2"],
};
/** Units of grids: those that a colour ramp is made for come first. */
export const GRID_UNITS = ["mm", "MCI", "level", "degree", "cm", "%"];

const FOLLOW_MS = 1000;

function patch(change: Partial<Uploading>): void {
  store.set({ uploading: { ...store.state.uploading, ...change } });
}

export function isOnItsWay({ status }: api.RasterUpload): boolean {
  return status === "waiting" || status === "reading";
}

/** What is sent of a filled form: an empty field says nothing, and some may not be empty. */
export function rasterForm(filled: FormData): FormData {
  const form = new FormData();
  for (const [name, value] of filled) {
    if (typeof value !== "string") form.append(name, value);
    else if (value.trim() !== "") form.append(name, value.trim());
  }
  return form;
}

/** Send a raster file; false where the server refused it, and the form can be put right. */
export async function sendRaster(filled: FormData): Promise<boolean> {
  patch({ busy: true, fault: null });
  try {
    const sent = await api.postRaster(rasterForm(filled));
    patch({ uploads: [sent, ...(store.state.uploading.uploads ?? [])] });
  } catch (cause) {
    patch({ fault: explain(cause) });
    return false;
  } finally {
    patch({ busy: false });
  }
  await readRasterUploads();
  return true;
}

let following: ReturnType<typeof setTimeout> | undefined;
let asked = 0;

/** Read how far the uploads are, and again while one of them is on its way. */
export async function readRasterUploads(): Promise<void> {
  clearTimeout(following);
  const mine = ++asked;
  const answer = await attempt(api.getRasterUploads);
  // An answer that was overtaken may not know what has been sent since.
  if (!answer || mine !== asked) return;
  const before = store.state.uploading.uploads ?? [];
  patch({ uploads: answer.uploads });
  if (answer.uploads.some(isOnItsWay))
    following = setTimeout(() => void readRasterUploads(), FOLLOW_MS);
  const moved = new Set(before.filter(isOnItsWay).map(({ id }) => id));
  const arrived = answer.uploads.filter(({ id, status }) => status === "done" && moved.has(id));
  if (arrived.length === 0) return;
  await readGround();
  for (const { file_name: name } of arrived) tell(t("upload.done", { name }), "good");
}
