/** The past on the wire: what happened when, how everything was then, marked moments. */
import { assessment } from "./assessment";
import { address, request } from "./client";
import { closure } from "./closures";
import { plot } from "./plots";
import { movers } from "./positions";
import {
  anything,
  fallback,
  list,
  number,
  optional,
  type Read,
  type Reader,
  record,
  shape,
  text,
} from "./read";
import { task } from "./tasks";
import { call, incident } from "./wire";

const API = "/api/v1";

const mark = shape({
  seq: number,
  at: text,
  layer: text,
  feature: optional(text),
  op: fallback(text, ""),
  actor: optional(text),
  title: optional(text),
  state: optional(text),
});
/** `at` in ms by the server's clock. */
export interface Mark extends Omit<Read<typeof mark>, "at"> {
  at: number;
}

const marks: Reader<{ marks: Mark[]; more: boolean }> = (value, path) => {
  const read = shape({ marks: list(mark), more: anything })(value, path);
  return {
    marks: read.marks.map((one) => ({ ...one, at: Date.parse(one.at) })),
    more: read.more === true,
  };
};

/** The last of them between two times; null has no bound. */
export const getMarks = (incident: string | null, from: number | null, to: number | null) =>
  request(
    address(`${API}/replay`, { incident, from: when(from), to: when(to), limit: 2000 }),
    marks,
  );

const rows = shape({
  seq: number,
  cut_until: optional(text),
  incidents: list(incident),
  plan: optional(text),
  tasks: fallback(list(task), []),
  plots: fallback(list(plot), []),
  calls: fallback(list(call), []),
  closures: fallback(list(closure), []),
  decisions: fallback(list(record(anything)), []),
  notes: fallback(list(record(anything)), []),
});
const then = (value: unknown, path: string) => ({
  ...rows(value, path),
  movers: movers(value, path),
});
export type Then = ReturnType<typeof then>;

export const getThen = (at: number, incident: string | null) =>
  request(address(`${API}/replay/state`, { at: iso(at), incident }), then);

export const getPlan = (incident: string, id: string) =>
  request(`${API}/incidents/${incident}/assessments/${id}`, assessment);

const bookmark = shape({ id: text, incident: optional(text), title: text, seq: number, at: text });
export interface Bookmark extends Omit<Read<typeof bookmark>, "at"> {
  at: number;
}
const timed: Reader<Bookmark> = (value, path) => {
  const read = bookmark(value, path);
  return { ...read, at: Date.parse(read.at) };
};

export const getBookmarks = (incident: string | null) =>
  request(address(`${API}/bookmarks`, { incident }), shape({ bookmarks: list(timed) }));

/** A mark is no order and no report: it may be set while looking at the past. */
export const postBookmark = (body: {
  id: string;
  incident: string | null;
  title: string;
  at: string;
}) => request(`${API}/bookmarks`, timed, { method: "POST", body, past: true });

export const deleteBookmark = (id: string) =>
  request(`${API}/bookmarks/${id}`, anything, { method: "DELETE", past: true });

export const iso = (at: number): string => new Date(at).toISOString();
const when = (at: number | null): string | null => (at === null ? null : iso(at));
