/** What the map's style is made of, beside its data. */
import { laidNow } from "../store/ground";
import type { State } from "../store/state";

/** Words of a language, which layers there are, what lies on the ground, and how deep that goes. */
export function lookOf(state: State): string {
  const { language, layers, ground, pack } = state;
  const own = layers.map(({ name, style }) => [name, style]);
  const laid = laidNow(state).map(({ key, tiles }) => [key, tiles]);
  // A source cannot be told another depth: where its archive ends it would ask on in vain.
  const depth = ground.basemap?.maxzoom;
  return JSON.stringify([language, own, ground.look, depth, laid, pack?.pack.manifest.id]);
}
