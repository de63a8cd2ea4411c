/** The file of an enterprise or a park on the wire: everything known of it, section by section. */
import { request } from "./client";
import {
  anything,
  boolean,
  fallback,
  label,
  list,
  number,
  optional,
  type Read,
  type Reader,
  record,
  shape,
  text,
} from "./read";
import { type FeatureCard, feature, featureCard, message, type WireFeature } from "./wire";

export type DossierKind = "enterprise" | "park";

const held = shape({
  name: optional(text),
  substance: optional(text),
  quantity_t: optional(number),
  ratio: optional(number),
  weighted: optional(number),
  missing: optional(message),
  critical: optional(
    shape({
      critical_t: optional(number),
      beta: optional(number),
      critical_source: optional(text),
      critical_certainty: optional(text),
    }),
  ),
});
const grading = shape({
  standard: fallback(text, ""),
  level: optional(text),
  filed_grade: optional(text),
  differs: optional(boolean),
  s: optional(number),
  r: optional(number),
  r_low: optional(number),
  r_high: optional(number),
  weighted: optional(number),
  rows: fallback(list(held), []),
  people: optional(
    shape({
      number: optional(number),
      basis: fallback(text, "unknown"),
      alpha_low: optional(number),
      alpha_high: optional(number),
      target_count: fallback(number, 0),
    }),
  ),
  missing: fallback(list(message), []),
  notes: fallback(list(message), []),
});
export type Grading = Read<typeof grading>;

const more = shape({
  tanks: fallback(list(feature), []),
  grading: optional(grading),
});
export type Source = Read<typeof more> & { feature: WireFeature };
const source: Reader<Source> = (value, path) => ({
  feature: feature(value, path),
  ...more(value, path),
});

const threshold = shape({
  name: text,
  value: optional(number),
  unit: optional(text),
  averaging_s: optional(number),
  source: optional(text),
  certainty: optional(text),
});
const substance = shape({
  cas: optional(text),
  un: optional(label),
  name: text,
  name_en: optional(text),
  formula: optional(text),
  toxic: fallback(boolean, false),
  flammable: fallback(boolean, false),
  thresholds: fallback(list(threshold), []),
});
export type HeldSubstance = Read<typeof substance>;

const place = shape({
  id: text,
  layer: optional(text),
  name: optional(text),
  name_en: optional(text),
  kind: optional(text),
  lon: optional(number),
  lat: optional(number),
  distance_m: optional(number),
  travel_time_s: optional(number),
  road_m: optional(number),
});
export type NearPlace = Read<typeof place>;
const ring: Reader<{ radius_m: number; count: number; sums: Record<string, number | null> }> = (
  value,
  path,
) => {
  const { radius_m, count, ...sums } = record(optional(number))(value, path);
  return { radius_m: radius_m ?? 0, count: count ?? 0, sums };
};
const around = shape({
  layer: text,
  rings: fallback(list(ring), []),
  nearest: fallback(list(place), []),
});
export type Around = Read<typeof around>;

const change = shape({
  seq: optional(number),
  at: text,
  op: fallback(text, ""),
  actor: optional(text),
  fields: fallback(list(text), []),
});
export type PastChange = Read<typeof change>;

const expertMore = shape({ matched: fallback(list(text), []) });
const expert: Reader<{ feature: WireFeature; matched: string[] }> = (value, path) => ({
  feature: feature(value, path),
  ...expertMore(value, path),
});
const memberMore = shape({ worst_level: optional(text) });
const member: Reader<{ feature: WireFeature; worst_level: string | null }> = (value, path) => ({
  feature: feature(value, path),
  ...memberMore(value, path),
});
const totals = shape({
  enterprises: fallback(number, 0),
  by_class: fallback(record(number), {}),
  by_risk_level: fallback(record(number), {}),
  employees: optional(number),
  hazard_sources: fallback(number, 0),
  by_level: fallback(record(number), {}),
});
export type Totals = Read<typeof totals>;

const sections = shape({
  enterprise: optional(featureCard),
  park: optional(anything),
  hazard_sources: fallback(list(source), []),
  enterprises: fallback(list(member), []),
  totals: optional(totals),
  substances: fallback(list(substance), []),
  surroundings: fallback(list(around), []),
  help: fallback(record(list(place)), {}),
  experts: fallback(list(expert), []),
  incidents: fallback(list(feature), []),
  accidents: fallback(list(feature), []),
  duplicates: fallback(list(anything), []),
  history: fallback(list(change), []),
});
export interface Dossier extends Omit<Read<typeof sections>, "enterprise" | "park"> {
  owner: FeatureCard;
  /** The park of an enterprise, where it lies in one. */
  park: WireFeature | null;
}

/** The owner stands under its own kind; the `park` of an enterprise is only named. */
function dossier(kind: DossierKind): Reader<Dossier> {
  return (value, path) => {
    const { enterprise, park, ...rest } = sections(value, path);
    const owner =
      kind === "enterprise" && enterprise ? enterprise : featureCard(park, `${path}.${kind}`);
    return {
      ...rest,
      owner,
      park: kind === "enterprise" && park ? feature(park, `${path}.park`) : null,
    };
  };
}

export const getDossier = (kind: DossierKind, id: string) =>
  request(`/api/v1/${kind}s/${id}/file`, dossier(kind));

/** The same as one page to print. */
export const printOf = (kind: DossierKind, id: string): string =>
  `/api/v1/${kind}s/${id}/file.html`;
