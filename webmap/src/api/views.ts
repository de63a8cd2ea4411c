/** Saved views of the map. */
import { ifMatch, request } from "./client";
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

const VIEWS = "/api/v1/views";

export interface Place {
  lon: number;
  lat: number;
  zoom: number;
}

export const highlight = shape({
  lon: number,
  lat: number,
  radius_m: optional(number),
  text: optional(text),
});
export type Highlight = Read<typeof highlight>;

export const savedView = shape({
  id: text,
  version: fallback(number, 1),
  name: text,
  owner: optional(text),
  shared: fallback(boolean, false),
  can_edit: fallback(boolean, false),
  lon: number,
  lat: number,
  zoom: number,
  layers: optional(list(text)),
  incident: optional(text),
  at: optional(text),
  highlight: optional(highlight),
});
export type SavedView = Read<typeof savedView>;

/** What a view is made of. */
export interface ViewBody extends Place {
  id: string;
  name: string;
  shared: boolean;
  layers: readonly string[] | null;
  incident: string | null;
  at: string | null;
  highlight: Highlight | null;
}

export const getViews = () => request(VIEWS, shape({ views: list(savedView) }));
export const addView = (body: ViewBody) => request(VIEWS, savedView, { method: "POST", body });
export const changeView = (
  { id, version }: SavedView,
  body: Partial<Pick<ViewBody, "name" | "shared">>,
) =>
  request(`${VIEWS}/${id}`, savedView, {
    method: "PATCH",
    headers: ifMatch(version),
    body,
  });
export const removeView = ({ id, version }: SavedView) =>
  request(`${VIEWS}/${id}`, anything, {
    method: "DELETE",
    headers: ifMatch(version),
  });
