/** Taking a report: a draft that fills itself from the record nearest to the place pressed. */
import * as api from "../api/calls";
import { newId } from "../api/ids";
import type { WireFeature } from "../api/wire";
import { t, word } from "../text/i18n";
import { type Draft, nothingTold } from "./draft";
import { announce, assess, keepIncident } from "./incidents";
import { attempt, tell } from "./notices";
import { store } from "./state";

/** How far a caller's "at the plant" may be from the record of its tank. */
export const NEAR_M = 500;

/** Sizes that a caller can name; 5, 25 and 100 mm, and the whole vessel. */
export const LEAKS = ["small", "medium", "large", "rupture"] as const;

/** Kinds in which a substance gets out or burns. */
export const RELEASES_SUBSTANCE: ReadonlySet<string> = new Set([
  "toxic_release",
  "pool_fire",
  "jet_fire",
  "flash_fire",
  "fireball",
  "explosion",
]);

/** What no tank on record has a part in. */
const NATURAL: ReadonlySet<string> = new Set(["forest_fire", "flood"]);

const empty: Omit<Draft, "id"> = {
  lon: null,
  lat: null,
  kind: "toxic_release",
  substance: "",
  title: "",
  leak: null,
  release: {},
  windSpeed: null,
  windFrom: null,
  exercise: false,
  near: null,
  nearby: [],
  told: nothingTold,
  kept: null,
  busy: false,
};

export function beginReport(place?: { lon: number; lat: number }): void {
  store.set({ draft: store.state.draft ?? { ...empty, id: newId() }, drawer: "report" });
  if (place) void placeReport(place.lon, place.lat);
}

/** Put the form away; what the desk has kept of it stays kept. */
export function cancelReport(): void {
  store.set({
    draft: null,
    drawer: store.state.drawer === "report" ? "layers" : store.state.drawer,
  });
}

export function editReport(patch: Partial<Draft>): void {
  const { draft } = store.state;
  if (draft) store.set({ draft: { ...draft, ...patch } });
}

/** Of what is told of a release nothing fits a flood, nor the other way round. */
export function chooseKind(kind: string): void {
  const { draft } = store.state;
  if (!draft || draft.kind === kind) return;
  const same = RELEASES_SUBSTANCE.has(kind) && RELEASES_SUBSTANCE.has(draft.kind);
  editReport(same ? { kind } : { kind, release: {}, leak: null });
}

/** Set the place and fill in what is on record nearby; what a person typed is never replaced. */
export async function placeReport(lon: number, lat: number): Promise<void> {
  editReport({ lon, lat });
  const nearby = await attempt(() => api.sourcesAround(lon, lat, NEAR_M));
  const { draft } = store.state;
  if (!draft || draft.lon !== lon || draft.lat !== lat || !nearby) return;
  editReport({ nearby });
  const source = nearby.find((feature) => feature.properties.layer === "hazard_source");
  const typed = draft.substance !== "" && !draft.near;
  if (source && !typed) fillFrom(source);
}

/**
 * Take the substance from a hazard source's record.
 *
 * Its pressure, temperature and quantity stay on the record: the server takes them from there by
 * `hazard_source_id` and tags them as such; sent from here they would pass for a caller's words.
 */
export function fillFrom(source: WireFeature): void {
  const { properties } = source;
  const substance = String(properties.substance ?? properties.cas ?? "");
  editReport({ near: source, substance });
}

/** The incident as the server takes it; what is not known is left out. */
export function reportBody(draft: Draft, now: Date): Record<string, unknown> {
  const release: Record<string, unknown> = { ...draft.release };
  const ofRecord = !NATURAL.has(draft.kind);
  if (draft.leak) release.leak = draft.leak;
  const body: Record<string, unknown> = {
    id: draft.id,
    kind: draft.kind,
    title: draft.title.trim() || defaultTitle(draft),
    lon: draft.lon,
    lat: draft.lat,
    occurred_at: now.toISOString(),
    exercise: draft.exercise,
  };
  if (ofRecord && draft.substance.trim()) body.substance = draft.substance.trim();
  if (Object.keys(release).length > 0) body.release = release;
  const weather = windBody(draft.windSpeed, draft.windFrom);
  if (weather) body.weather = weather;
  if (ofRecord && draft.near?.id && draft.near.properties.layer === "hazard_source") {
    body.hazard_source_id = draft.near.id;
  }
  return body;
}

export function windBody(speed: number | null, from: number | null): Record<string, number> | null {
  if (speed === null && from === null) return null;
  return {
    ...(speed === null ? {} : { wind_speed_m_s: speed }),
    ...(from === null ? {} : { wind_from_deg: from }),
  };
}

function defaultTitle(draft: Draft): string {
  const place = String(draft.near?.properties.name ?? "");
  const kind = word("kind", draft.kind);
  return place === "" ? kind : t("report.default", { place, kind }).trim();
}

/**
 * Report, open and assess: one press from the call to the plan.
 *
 * `more` is what a form knows beside the draft's own fields; `sent` hears that it is stored.
 */
export async function sendReport(
  more: Record<string, unknown> = {},
  sent?: () => void,
): Promise<void> {
  const { draft } = store.state;
  if (!draft || draft.busy) return;
  if (draft.lon === null || draft.lat === null) {
    tell(t("error.place"), "error");
    return;
  }
  editReport({ busy: true });
  const now = new Date(Date.now() + store.state.skew_ms);
  const body = { ...reportBody(draft, now), ...more };
  const incident = await attempt(() => api.postIncident(body));
  if (!incident) {
    editReport({ busy: false });
    return;
  }
  sent?.();
  keepIncident(incident);
  announce(incident);
  store.set({ draft: null, drawer: null, incident: incident.id, tab: "situation" });
  await assess(incident.id);
}
