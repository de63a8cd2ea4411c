/** What the tiles on the screen follow from: the server's own data, or a pack's. */
import type { State } from "../store/state";
import { packFeatures } from "./pack_tiles";
import type { TileInput } from "./style";

/** The base map as the database gives it, where no other is told of. */
const DATABASE = {
  tiles: "/tiles/basemap/0/{z}/{x}/{y}.mvt",
  maxzoom: 15,
  live: true,
  reason: null,
};

/** What the addresses of tiles follow from; until the ground is known, the database is asked. */
export function tileInput({ layers, ground, tiles, pack }: State): TileInput {
  const features = packFeatures(pack);
  return { layers, basemap: ground.basemap ?? DATABASE, where: tiles.where, features };
}
