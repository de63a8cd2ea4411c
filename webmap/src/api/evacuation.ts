/** Who leaves the zones for which shelter, in which order, and who stays, on the wire. */
import { request } from "./client";
import { boolean, fallback, list, number, optional, type Read, shape, text } from "./read";
import { collection, sentence } from "./wire";

const group = shape({
  id: text,
  layer: text,
  name: optional(text),
  name_en: optional(text),
  kind: optional(text),
  lon: optional(number),
  lat: optional(number),
  people: optional(number),
  level: optional(text),
  arrival_s: optional(number),
});

const move = shape({
  order: number,
  from: group,
  id: text,
  name: optional(text),
  name_en: optional(text),
  amount: number,
  split: fallback(boolean, false),
  way_out_s: optional(number),
  travel_time_s: number,
  distance_m: number,
  in_time: optional(boolean),
  leave_by: optional(text),
  exit: optional(shape({ road: optional(text), order: optional(number) })),
});
export type Move = Read<typeof move>;

const stayed = shape({ from: group, people: optional(number), reason: text, message: sentence });
export type Stayed = Read<typeof stayed>;

const shelter = shape({
  id: text,
  name: optional(text),
  name_en: optional(text),
  lon: number,
  lat: number,
  places: number,
  taken: number,
  left: number,
});

export const evacuation = shape({
  moves: list(move),
  stay: list(stayed),
  unplaced: list(stayed),
  short: fallback(number, 0),
  shelters: list(shelter),
  routes: collection,
  messages: fallback(list(sentence), []),
});
export type Evacuation = Read<typeof evacuation>;

export const getEvacuation = (incident: string, vehicle: "coach" | "foot") =>
  request(`/api/v1/incidents/${incident}/evacuation`, evacuation, {
    method: "POST",
    body: { vehicle },
  });
