/** By when what is to be reported of an incident, on the wire. */
import { request } from "./client";
import { boolean, fallback, list, optional, type Read, shape, text } from "./read";

const deadline = shape({
  what: text,
  channel: fallback(text, "any"),
  addressee: fallback(text, "next"),
  due_at: text,
  done_at: optional(text),
  done_by: optional(text),
  missed: fallback(boolean, false),
  source: fallback(text, ""),
  title: optional(text),
  note: optional(text),
});
export type Deadline = Read<typeof deadline>;

const due = shape({ deadlines: list(deadline), received_at: optional(text) });
/** What is due, and since when it runs. */
export type Due = Read<typeof due>;

const of = (incident: string): string => `/api/v1/incidents/${incident}/deadlines`;
export const getDeadlines = (incident: string) => request(of(incident), due);
/** Say that it was reported, by telephone for one. */
export const meetDeadline = (
  incident: string,
  { what, channel, addressee }: Deadline,
  note: string | null,
) =>
  request(of(incident), due, {
    method: "POST",
    body: { what, channel, addressee, ...(note ? { note } : {}) },
  });
