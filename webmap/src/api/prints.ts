/** Prints of the map on the wire. */
import { openFile, request, save } from "./client";
import {
  anything,
  boolean,
  fallback,
  list,
  number,
  optional,
  type Read,
  shape,
  text,
} from "./read";

const PRINTS = "/api/v1/prints";

const asked = shape({
  format: text,
  paper: text,
  orientation: text,
  title: fallback(text, ""),
  view: shape({ lon: number, lat: number, zoom: optional(number), scale: optional(number) }),
  layers: optional(list(text)),
  look: fallback(text, "light"),
  incident: optional(text),
  slice_s: optional(number),
  grid: fallback(boolean, true),
  legend: fallback(boolean, true),
  signatures: fallback(boolean, true),
});

const print = shape({
  id: text,
  status: text,
  asked,
  created_by: text,
  created_at: text,
  error: optional(shape({ text: fallback(text, "") })),
  file: optional(text),
});
export type Print = Read<typeof print>;
export type PrintAsked = Read<typeof asked>;

export interface PrintOrder extends Partial<Omit<PrintAsked, "view">> {
  id: string;
  view: { lon: number; lat: number; zoom?: number; scale?: number };
}

export const orderPrint = (body: PrintOrder) => request(PRINTS, print, { method: "POST", body });
export const getPrint = (id: string) => request(`${PRINTS}/${encodeURIComponent(id)}`, print);
export const dropPrint = (id: string) =>
  request(`${PRINTS}/${encodeURIComponent(id)}`, anything, { method: "DELETE" });
export const savePrint = ({ file, asked }: Print) =>
  save(file ?? "", `${asked.title || "map"}.${asked.format}`);

/** The file itself, as bytes. */
export async function openPrintFile({ file }: Print): Promise<Blob> {
  return (await openFile(file ?? "", {}, new AbortController().signal)).blob();
}
