/** A place that somebody typed, in any form: read by the server, which knows them all. */
import { readPlaces } from "../api/quality";
import { t } from "../text/i18n";
import { attempt, tell } from "./notices";
import { readCoordinates } from "./place";
import type { Form } from "./plot_grids";
import { rounded } from "./plot_move";

let asked = new AbortController();

/** Two plain numbers do not say their system: they are in the one that was chosen beside them. */
const SHIFTED: Readonly<Partial<Record<Form, string>>> = { gcj02: "GCJ-02" };

/** Return where it is; what cannot be read is said, and is nowhere. */
export async function readTyped(typed: string, form: Form): Promise<[number, number] | null> {
  const plain = readCoordinates(typed);
  const from = plain ? SHIFTED[form] : undefined;
  if (plain && !from) return pair(plain.lon, plain.lat);
  asked.abort();
  asked = new AbortController();
  const answer = await attempt(() => readPlaces(typed, asked.signal, from));
  if (!answer) return null;
  const [found] = answer.points;
  if (found && found.lon !== null && found.lat !== null) return pair(found.lon, found.lat);
  tell(t("plot.place.unread", { text: typed }), "error");
  return null;
}

function pair(lon: number, lat: number): [number, number] {
  const [east = lon, north = lat] = rounded([lon, lat]);
  return [east, north];
}
