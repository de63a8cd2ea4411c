/** The map's place, layers and incident in the address, so that a link shows what its sender saw. */
import type { View } from "./view_state";

export interface Place {
  view: View | null;
  hidden: ReadonlySet<string>;
  incident: string | null;
}

function finite(text: string | null, low: number, high: number): number | null {
  if (text === null || text.trim() === "") return null;
  const value = Number(text);
  return Number.isFinite(value) && value >= low && value <= high ? value : null;
}

export function readPlace(search: string): Place {
  const query = new URLSearchParams(search);
  const lon = finite(query.get("lon"), -180, 180);
  const lat = finite(query.get("lat"), -90, 90);
  const zoom = finite(query.get("zoom"), 0, 22);
  const view = lon === null || lat === null || zoom === null ? null : { lon, lat, zoom };
  const hidden = new Set(
    (query.get("hide") ?? "").split(",").filter((name) => /^[a-z0-9_]+$/.test(name)),
  );
  const incident = query.get("incident");
  return {
    view,
    hidden,
    incident: incident && /^[0-9a-f-]{36}$/i.test(incident) ? incident : null,
  };
}

export function writePlace(search: string, place: Place): string {
  const query = new URLSearchParams(search);
  for (const key of ["lon", "lat", "zoom", "hide", "incident"]) query.delete(key);
  if (place.view) {
    query.set("lon", place.view.lon.toFixed(5));
    query.set("lat", place.view.lat.toFixed(5));
    query.set("zoom", String(Math.round(place.view.zoom * 100) / 100));
  }
  if (place.hidden.size > 0) query.set("hide", [...place.hidden].sort().join(","));
  if (place.incident) query.set("incident", place.incident);
  return `?${query.toString().replaceAll("%2C", ",")}`;
}

/** Read "120.1, 30.2" (lon, lat) typed into the search box; null when it is a name. */
export function readCoordinates(typed: string): { lon: number; lat: number } | null {
  const match = /^\s*(-?\d+(?:\.\d+)?)\s*[,\uff0c;\s]\s*(-?\d+(?:\.\d+)?)\s*$/.exec(typed);
  if (!match) return null;
  const lon = finite(match[1] ?? null, -180, 180);
  const lat = finite(match[2] ?? null, -90, 90);
  return lon === null || lat === null ? null : { lon, lat };
}

/** Whether a text may be a position in another form, which the server can read. */
export function mayBePlace(typed: string): boolean {
  const signs = /\d\s*[\u00b0\u00ba\u2032\u2033\u5ea6'"]|\d\s*[NSEW]\b|\b[NSEW]\s*\d/i;
  const metres = /^\s*\d{6,8}(\.\d+)?\s*[,\uff0c;\s]\s*\d{6,8}(\.\d+)?\s*$/;
  return /\d/.test(typed) && (signs.test(typed) || metres.test(typed));
}
