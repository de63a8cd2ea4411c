/** What the line of time knows; all times in ms by the server's clock. */
import type { Bookmark, Mark } from "../api/replay";

export const SPEEDS = [1, 10, 60, 300, 600] as const;

/** The part of the line that somebody looks at, ms. */
export interface Span {
  from: number;
  to: number;
}

export interface Replay {
  from: number;
  to: number;
  /** The moment that is shown; null is now. */
  at: number | null;
  /** The seq that the map is drawn by. */
  seq: number | null;
  playing: boolean;
  speed: number;
  marks: readonly Mark[];
  /** There were earlier marks than can be listed. */
  more: boolean;
  /** Where the line was narrowed; null is all of it. */
  span: Span | null;
  /** What changed last until then is missing of what is shown; null where nothing is. */
  cutUntil: number | null;
  bookmarks: readonly Bookmark[];
  /** What was then could not be read. */
  failed: boolean;
}

/** One moment alone, on a line of no length: what a map needs that shows the past and nothing else. */
export const lookingAt = (at: number, seq: number): Replay => ({
  from: at,
  to: at,
  at,
  seq,
  playing: false,
  speed: 1,
  marks: [],
  more: false,
  span: null,
  cutUntil: null,
  bookmarks: [],
  failed: false,
});
