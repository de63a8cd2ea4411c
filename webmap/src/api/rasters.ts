/** Raster files on their way in, on the wire. */
import { request } from "./client";
import { fallback, list, number, optional, type Read, shape, text } from "./read";
import { message } from "./wire";

const RASTERS = "/api/v1/rasters";
const UPLOADS = "/api/v1/raster-uploads";

const rasterUpload = shape({
  id: text,
  file_name: fallback(text, ""),
  status: text,
  progress: fallback(shape({ step: optional(text), count: optional(number) }), {
    step: null,
    count: null,
  }),
  error: optional(message),
  /** The raster that it became. */
  raster: optional(text),
  created_at: optional(text),
  created_by: optional(text),
});
export type RasterUpload = Read<typeof rasterUpload>;

export const postRaster = (form: FormData) =>
  request(RASTERS, rasterUpload, { method: "POST", form });
export const getRasterUploads = () => request(UPLOADS, shape({ uploads: list(rasterUpload) }));
