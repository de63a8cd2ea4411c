/** What is reported upwards: first report, follow-ups, final report, each signed. */
import { address, ifMatch, request } from "./client";
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

export const BULLETIN_KINDS = ["first", "follow", "final"] as const;
export type BulletinKind = (typeof BULLETIN_KINDS)[number];
const both = shape({ zh: fallback(text, ""), en: fallback(text, "") });
const item = shape({
  key: text,
  title: fallback(both, { zh: "", en: "" }),
  zh: fallback(text, ""),
  en: fallback(text, ""),
  required: fallback(boolean, false),
  missing: fallback(boolean, false),
  edited_by: optional(text),
});
export type BulletinItem = Read<typeof item>;
const bulletin = shape({
  id: text,
  incident: fallback(text, ""),
  kind: text,
  state: fallback(text, "draft"),
  exercise: fallback(boolean, false),
  title: fallback(both, { zh: "", en: "" }),
  number: optional(both),
  made_at: optional(text),
  made_by: optional(text),
  signed_at: optional(text),
  signed_by: optional(text),
  signer: optional(text),
  body_hash: fallback(text, ""),
  version: fallback(number, 1),
  /** How many required items are still to be verified. */
  open: fallback(number, 0),
  stale: fallback(boolean, false),
  items: fallback(list(item), []),
});
export type Bulletin = Read<typeof bulletin>;

const of = (incident: string): string => `/api/v1/incidents/${incident}/bulletins`;
export const getBulletins = (incident: string) =>
  request(of(incident), shape({ bulletins: list(bulletin) }));
export const getBulletin = (incident: string, id: string) =>
  request(`${of(incident)}/${id}`, bulletin);
export const addBulletin = (incident: string, id: string, kind: BulletinKind) =>
  request(of(incident), bulletin, { method: "POST", body: { id, kind } });
export const editBulletin = (incident: string, one: Bulletin, body: Record<string, unknown>) =>
  request(`${of(incident)}/${one.id}`, bulletin, {
    method: "PATCH",
    body,
    headers: ifMatch(one.version),
  });
export const renewBulletin = (incident: string, one: Bulletin) =>
  request(`${of(incident)}/${one.id}/renew`, bulletin, {
    method: "POST",
    body: {},
    headers: ifMatch(one.version),
  });
export const dropBulletin = (incident: string, one: Bulletin) =>
  request(`${of(incident)}/${one.id}`, anything, {
    method: "DELETE",
    headers: ifMatch(one.version),
  });
/** Sign what was read: another body is refused. */
export const signBulletin = (incident: string, { id, body_hash }: Bulletin) =>
  request(`${of(incident)}/${id}/sign`, bulletin, { method: "POST", body: { body_hash } });
export const bulletinFile = (incident: string, id: string, format: string, lang: string): string =>
  address(`${of(incident)}/${id}.${format}`, { lang });
