/** What the page knows of the tiles on its map. */
import type { Box } from "../api/wire";

/** A change that tiles show; without a box it is one of the whole layer. */
export interface Touched {
  revision: number;
  layer: string;
  box: Box | null;
}

export interface Tiles {
  /** The newest revision of what the tiles of features hold, as everything was read last. */
  revision: number;
  /** The same of the base map that is made from the database. */
  basemapRevision: number;
  /** The changes heard since, the latest last. */
  touched: readonly Touched[];
  /** CQL2 by layer: the map shows only the rows that it holds for. */
  where: Readonly<Record<string, string>>;
  /** Since when (ms) the server has answered tiles from its store alone; null while it does not. */
  staleSince: number | null;
}

export const noTiles: Tiles = {
  revision: 0,
  basemapRevision: 0,
  touched: [],
  where: {},
  staleSince: null,
};
