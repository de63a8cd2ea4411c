/** One function a route that the page uses. */
import { type Assessment, assessment, assessmentList } from "./assessment";
import { address, request } from "./client";
import { anything, list, number, optional, record, shape } from "./read";
import * as wire from "./wire";

const API = "/api/v1";

export const getSession = () => request(`${API}/session`, wire.session);
export const getLayers = () => request(`${API}/layers`, wire.layers);

export const getFeature = (layer: string, id: string) =>
  request(
    `${API}/layers/${encodeURIComponent(layer)}/features/${encodeURIComponent(id)}`,
    wire.featureCard,
  );

/** How many features of a layer have a value in a field. */
export async function countWhere(
  layer: string,
  field: string,
  value: string,
): Promise<number | null> {
  const path = `${API}/layers/${encodeURIComponent(layer)}/features`;
  const where = `${field}=${value}`;
  const { total } = await request(
    address(path, { limit: 1, where }),
    shape({ total: optional(number) }),
  );
  return total;
}

export const search = (q: string, signal?: AbortSignal) =>
  request(address(`${API}/search`, { q, limit: 20 }), wire.foundList, signal ? { signal } : {});

export const findSubstances = (q: string) =>
  request(address(`${API}/substances`, { q }), wire.substanceList);

/** Hazard sources and enterprises around a place, nearest first, for the report form. */
export async function sourcesAround(
  lon: number,
  lat: number,
  radius_m: number,
): Promise<wire.WireFeature[]> {
  const answer = await request(
    address(`${API}/around`, { lon, lat, radius_m, layers: ["hazard_source", "enterprise"] }),
    shape({ layers: record(list(wire.feature)) }),
  );
  return aroundFeatures(answer.layers);
}

/** Features of an around answer, `{layers: {layer: [features]}}`, nearest first. */
export function aroundFeatures(layers: Record<string, wire.WireFeature[]>): wire.WireFeature[] {
  const features = Object.entries(layers).flatMap(([layer, found]) =>
    found.map(
      (feature): wire.WireFeature => ({ ...feature, properties: { layer, ...feature.properties } }),
    ),
  );
  return features.sort((a, b) => Number(a.properties.distance_m) - Number(b.properties.distance_m));
}

export const getIncidents = () => request(`${API}/incidents`, wire.incidentList);
export const getIncident = (id: string) => request(`${API}/incidents/${id}`, wire.incident);
export const postIncident = (body: Record<string, unknown>) =>
  request(`${API}/incidents`, wire.incident, { method: "POST", body });

export async function latestAssessment(incident: string): Promise<Assessment | null> {
  const { assessments } = await request(
    address(`${API}/incidents/${incident}/assessments`, { limit: 1 }),
    assessmentList,
  );
  return assessments[0] ?? null;
}

export const assess = (incident: string, changed: Record<string, unknown>) =>
  request(`${API}/incidents/${incident}/assessments`, assessment, {
    method: "POST",
    body: changed,
  });

export const getCalls = (incident: string) =>
  request(`${API}/incidents/${incident}/calls`, wire.callList);
export const addCall = (incident: string, body: Record<string, string>) =>
  request(`${API}/incidents/${incident}/calls`, wire.call, { method: "POST", body });
export const logCall = (incident: string, id: string, body: { result: string; note?: string }) =>
  request(`${API}/incidents/${incident}/calls/${id}`, wire.call, { method: "POST", body });

export const signIn = (name: string, password: string) =>
  request(`${API}/session`, anything, { method: "POST", body: { name, password } });
export const signOut = () => request(`${API}/session`, anything, { method: "DELETE" });
