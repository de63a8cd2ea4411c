/** Layers of people's own on the wire: defined, changed, removed, brought back. */
import { ifMatch, request } from "./client";
import { anything, fallback, list, number, optional, type Read, shape, text } from "./read";
import { layerStyle } from "./wire";

const OWN = "/api/v1/user-layers";

const ownField = shape({ name: text, title: optional(text), type: fallback(text, "text") });
const ownLayer = shape({
  name: text,
  title: text,
  title_en: optional(text),
  access: fallback(text, "region"),
  style: fallback(layerStyle, { color: null, symbol: null, label_field: null, min_zoom: null }),
  owner: optional(text),
  version: number,
  fields: fallback(list(ownField), []),
});
export type OwnLayer = Read<typeof ownLayer>;

const removedLayer = shape({
  name: text,
  title: text,
  removed_at: optional(text),
  kept_days: optional(number),
});
export type RemovedLayer = Read<typeof removedLayer>;

const path = (name: string): string => `${OWN}/${encodeURIComponent(name)}`;

export const getOwnLayer = (name: string) => request(path(name), ownLayer);
export const changeOwnLayer = (name: string, version: number, body: Record<string, unknown>) =>
  request(path(name), ownLayer, {
    method: "PATCH",
    headers: ifMatch(version),
    body,
  });
/** Remove a layer; `typed` is its title, written by a person who is sure. */
export const removeOwnLayer = (name: string, version: number, typed: string) =>
  request(path(name), anything, {
    method: "DELETE",
    headers: ifMatch(version),
    body: { name: typed },
  });
export const getRemovedLayers = () =>
  request(`${OWN}?removed=true`, shape({ layers: list(removedLayer) }));
export const restoreOwnLayer = (name: string) =>
  request(`${path(name)}/restore`, anything, { method: "POST", body: {} });
