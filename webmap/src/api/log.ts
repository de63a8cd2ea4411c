/** What happened in an incident, in order, and what people add to it by hand. */
import { address, ifMatch, request } from "./client";
import { boolean, fallback, list, number, optional, type Read, shape, text } from "./read";
import { sentence } from "./wire";

const entry = shape({
  seq: number,
  at: text,
  actor: optional(text),
  layer: text,
  feature: optional(text),
  op: fallback(text, ""),
  said: optional(sentence),
});
export type LogEntry = Read<typeof entry>;

export const NOTE_KINDS = ["note", "phone", "photo", "file", "survey"] as const;
const attached = shape({
  id: text,
  title: fallback(text, ""),
  file_name: optional(text),
  media_type: fallback(text, ""),
  size_bytes: optional(number),
  url: text,
});
const note = shape({
  id: text,
  text: fallback(text, ""),
  kind: fallback(text, "note"),
  at: text,
  lon: optional(number),
  lat: optional(number),
  documents: fallback(list(attached), []),
  written_by: optional(text),
  created_at: optional(text),
  struck: optional(shape({ by: text, at: text, reason: text })),
  version: fallback(number, 1),
});
export type Note = Read<typeof note>;

const of = (incident: string): string => `/api/v1/incidents/${incident}`;
export const LOG_PAGE = 1000;
export const getLog = (incident: string, after: number) =>
  request(address(`${of(incident)}/log`, { after, limit: LOG_PAGE }), shape({ log: list(entry) }));
/** The newest notes, oldest first, or those before one. */
export const getNotes = (incident: string, before: string | null) =>
  request(
    address(`${of(incident)}/notes`, { limit: LOG_PAGE, ...(before ? { before } : {}) }),
    shape({ notes: list(note), more: fallback(boolean, false) }),
  );
export const getNote = (incident: string, id: string) =>
  request(`${of(incident)}/notes/${id}`, note);
export const addNote = (incident: string, body: Record<string, unknown>) =>
  request(`${of(incident)}/notes`, note, { method: "POST", body });
export const strikeNote = (incident: string, { id, version }: Note, reason: string) =>
  request(`${of(incident)}/notes/${id}/strike`, note, {
    method: "POST",
    body: { reason },
    headers: ifMatch(version),
  });
export const changeNote = (
  incident: string,
  { id, version }: Note,
  body: Record<string, unknown>,
) =>
  request(`${of(incident)}/notes/${id}`, note, {
    method: "PATCH",
    body,
    headers: ifMatch(version),
  });
export const logFile = (incident: string, format: string, lang: string): string =>
  address(`${of(incident)}/log.${format}`, { lang });
