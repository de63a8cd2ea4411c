/** Documents of a feature and plan images on the wire. */
import { address, ifMatch, request } from "./client";
import { anything, fallback, list, number, optional, type Read, shape, text } from "./read";

const DOCUMENTS = "/api/v1/documents";
const PLANS = "/api/v1/site-plans";

export const DOCUMENT_KINDS = [
  "site_plan",
  "licence",
  "contingency_plan",
  "safety_report",
  "safety_data_sheet",
  "drawing",
  "photo",
  "inspection",
  "other",
] as const;

const document_ = shape({
  id: text,
  kind: fallback(text, "other"),
  title: fallback(text, ""),
  media_type: fallback(text, ""),
  size_bytes: optional(number),
  width_px: optional(number),
  height_px: optional(number),
  created_at: optional(text),
  created_by: optional(text),
  version: fallback(number, 1),
});
export type Document = Read<typeof document_>;

const plan = shape({
  id: text,
  document: text,
  title: fallback(text, ""),
  corners: list(list(number)),
  opacity: fallback(number, 0.7),
  residual_m: optional(number),
  image: text,
  version: fallback(number, 1),
});
export type SitePlan = Read<typeof plan>;

/** A point of an image in pixels from its top left corner, and where it is. */
export interface Control {
  x: number;
  y: number;
  lon: number;
  lat: number;
}

export const contentOf = (id: string): string => `${DOCUMENTS}/${id}/content`;

export const getDocuments = (layer: string, feature_id: string) =>
  request(address(DOCUMENTS, { layer, feature_id }), shape({ documents: list(document_) }));
export const addDocument = (form: FormData) =>
  request(DOCUMENTS, document_, { method: "POST", form });
export const removeDocument = ({ id, version }: Document) =>
  request(`${DOCUMENTS}/${id}`, anything, {
    method: "DELETE",
    headers: ifMatch(version),
  });
export const getPlans = (layer: string, feature_id: string) =>
  request(address(PLANS, { layer, feature_id }), shape({ site_plans: list(plan) }));
export const addPlan = (document: string, controls: readonly Control[]) =>
  request(PLANS, plan, { method: "POST", body: { document, controls } });
export const removePlan = ({ id, version }: SitePlan) =>
  request(`${PLANS}/${id}`, anything, {
    method: "DELETE",
    headers: ifMatch(version),
  });
