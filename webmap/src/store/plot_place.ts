/** A place that somebody typed, in any form: read by the server, which knows them all. */
import { readPlaces } from "../api/quality";
import { t } from "../text/i18n";
import { attempt, tell } from "./notices";
import { readCoordinates } from "./place";
import { rounded } from "./plot_move";

let asked = new AbortController();

/** Return where it is; what cannot be read is said, and is nowhere. */
export async function readTyped(typed: string): Promise<[number, number] | null> {
  const plain = readCoordinates(typed);
  if (plain) return pair(plain.lon, plain.lat);
  asked.abort();
  asked = new AbortController();
  const answer = await attempt(() => readPlaces(typed, asked.signal));
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
