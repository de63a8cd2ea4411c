/** What a mark on the line of time looks like: a letterless shape and a row for each kind of change. */
import type { Mark } from "../api/replay";

/** Which row of the line a layer's marks stand on, and their shape. */
const LOOKS: Readonly<Record<string, string>> = {
  incident: "plan",
  assessment: "plan",
  decision: "decision",
  bulletin: "decision",
  task: "force",
  road_closure: "road",
  plot: "plot",
  call: "word",
  note: "word",
  alert: "alarm",
  proposal: "alarm",
  observation: "alarm",
};

export interface Drawn {
  look: string;
  /** Share of the line, 0 to 1. */
  place: number;
}

/** Marks of one look that fall on one place are one: a line has no room for two thousand. */
export function drawn(
  marks: readonly Mark[],
  { from, to }: { from: number; to: number },
  places = 400,
): Drawn[] {
  const taken = new Set<string>();
  const found: Drawn[] = [];
  for (const { at, layer } of marks) {
    const place = Math.round(((at - from) / (to - from)) * places) / places;
    const look = LOOKS[layer] ?? "plot";
    if (place < 0 || place > 1 || taken.has(`${look} ${place}`)) continue;
    taken.add(`${look} ${place}`);
    found.push({ look, place });
  }
  return found;
}
