/** Theme maps on the wire: chosen layers, filters and a view, under a title. */
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

const THEMES = "/api/v1/themes";

const themeLayer = shape({
  layer: text,
  filter: optional(anything),
  visible: fallback(boolean, true),
  opacity: optional(number),
});
const view = shape({ center: optional(list(number)), zoom: optional(number) });
const theme = shape({
  id: text,
  title: text,
  shared: fallback(boolean, false),
  owner: optional(text),
  can_edit: fallback(boolean, false),
  layers: fallback(list(themeLayer), []),
  view: optional(view),
  version: fallback(number, 1),
  /** How many of its layers are not for this reader. */
  hidden: fallback(number, 0),
});
export type Theme = Read<typeof theme>;

export interface ThemeBody {
  title: string;
  shared: boolean;
  layers: { layer: string; filter?: string; visible: boolean }[];
  view: { center?: [number, number]; zoom?: number };
}

export const getThemes = () => request(THEMES, shape({ themes: list(theme) }));
export const getTheme = (id: string) => request(`${THEMES}/${id}`, theme);
export const addTheme = (body: ThemeBody) => request(THEMES, theme, { method: "POST", body });
export const changeTheme = (id: string, version: number, body: Partial<ThemeBody>) =>
  request(`${THEMES}/${id}`, theme, {
    method: "PATCH",
    headers: ifMatch(version),
    body,
  });
export const removeTheme = (id: string, version: number) =>
  request(`${THEMES}/${id}`, anything, {
    method: "DELETE",
    headers: ifMatch(version),
  });
