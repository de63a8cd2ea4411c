/** Which readings the map shows, and what each says of the plan. */
import type { ReadingRow } from "../api/readings";

/** A place that was measured again and again shows its newest value; so many places are drawn. */
const MOST = 200;
/** Two values as near as this are of one place: about 10 m. */
const PLACES = 4;

export type Shape = "outside" | "inside" | "below" | "late";

/** The newest of each place and quantity. */
export function newest(rows: readonly ReadingRow[]): ReadingRow[] {
  const found = new Map<string, ReadingRow>();
  for (const row of [...rows].sort((a, b) => Date.parse(b.at) - Date.parse(a.at))) {
    const key = [row.quantity, row.lon.toFixed(PLACES), row.lat.toFixed(PLACES)].join(" ");
    if (!found.has(key)) found.set(key, row);
  }
  return [...found.values()].slice(0, MOST);
}

export function shapeOf({ late, judged }: Pick<ReadingRow, "late" | "judged">): Shape {
  if (late) return "late";
  if (judged?.outside) return "outside";
  return judged?.level ? "inside" : "below";
}
