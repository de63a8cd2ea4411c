/** One card for each community in a zone: go or stay, why, which road, where to, whom to call. */
import { address, request } from "./client";
import { boolean, fallback, list, number, optional, type Read, shape, text } from "./read";
import { sentence } from "./wire";

const both = shape({ zh: fallback(text, ""), en: fallback(text, "") });
const nobody = { zh: "", en: "" };
const card = shape({
  target: text,
  name: optional(text),
  name_en: optional(text),
  kind: optional(text),
  people: optional(number),
  level: optional(text),
  lon: optional(number),
  lat: optional(number),
  action: fallback(text, ""),
  why: optional(sentence),
  distance_m: optional(number),
  arrival_s: optional(number),
  arrives_at: optional(text),
  road: optional(
    shape({
      name: optional(text),
      leave_by: optional(text),
      travel_time_s: optional(number),
      distance_m: optional(number),
      in_time: optional(boolean),
    }),
  ),
  to: optional(shape({ name: optional(text), name_en: optional(text) })),
  no_road: optional(sentence),
  calls: fallback(
    list(shape({ name: optional(text), post: optional(text), phone: optional(text) })),
    [],
  ),
  short: fallback(both, nobody),
  long: fallback(both, nobody),
});
export type Card = Read<typeof card>;
const sheet = shape({ plan: optional(text), cards: list(card), missing: optional(sentence) });
export type Cards = Read<typeof sheet>;

const of = (incident: string): string => `/api/v1/incidents/${incident}/cards`;
export const getCards = (incident: string) => request(of(incident), sheet);
export const cardFile = (
  incident: string,
  target: string,
  format: "html" | "pdf" | "png",
  lang: string,
): string => address(`${of(incident)}/${target}.${format}`, { lang });
/** So many pages the server puts into one file. */
export const CARDS_A_FILE = 100;
export const cardsFile = (incident: string, offset: number, lang: string): string =>
  address(`${of(incident)}.pdf`, { offset, lang });
