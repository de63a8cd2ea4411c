/**
 * Which revision of each tile the map asks for, and which tiles it must ask for again.
 *
 * Tiles are kept for ever under their address, and the address names a revision. A change raises
 * the revision of the tiles that it touches and of no other, so that one edit renews a handful of
 * tiles and leaves the rest of the screen as it is.
 */
import { meets, type Patch, type TileId } from "./tile_cover";

/** So many places are remembered one by one; an older one counts as a change of every tile. */
const PLACES_KEPT = 500;
/** More tiles than a screen and the map's own store of tiles hold. */
const TILES_KEPT = 1500;

interface Held {
  tile: TileId;
  revision: number;
}

export class Renewal {
  /** The revision of a tile that no remembered change touches. */
  #base: number;
  readonly #places: { revision: number; place: Patch }[] = [];
  /** With which revision each tile was last asked for, the latest asked last. */
  readonly #held = new Map<string, Held>();
  /** Tiles that were asked for before a change of theirs. */
  readonly #old = new Map<string, TileId>();

  constructor(revision: number) {
    this.#base = revision;
  }

  /** Return the revision to ask a tile for, and note that it is being asked for. */
  ask(tile: TileId): number {
    const key = `${tile.z}/${tile.x}/${tile.y}`;
    const revision = this.#wanted(tile);
    this.#held.delete(key);
    this.#held.set(key, { tile, revision });
    this.#old.delete(key);
    for (const oldest of this.#held.keys()) {
      if (this.#held.size <= TILES_KEPT) break;
      this.#held.delete(oldest);
      this.#old.delete(oldest);
    }
    return revision;
  }

  /** Take a change of a place: the tiles that it meets become old. */
  touch(revision: number, place: Patch): void {
    if (revision <= this.#base) return;
    this.#places.push({ revision, place });
    if (this.#places.length > PLACES_KEPT)
      this.#base = Math.max(this.#base, this.#places.shift()?.revision ?? 0);
    for (const [key, held] of this.#held)
      if (held.revision < revision && meets(place, held.tile)) this.#old.set(key, held.tile);
  }

  /** Take a change of everything: the caller sees to it that each tile is asked for anew. */
  renewAll(revision: number): void {
    this.#base = Math.max(this.#base, revision);
    this.#old.clear();
  }

  /**
   * The tiles to be fetched again.
   *
   * A tile stays among them until it is asked for: one that is out of sight is not fetched now,
   * and must not come back from the map's own store as it was.
   */
  get old(): TileId[] {
    return [...this.#old.values()];
  }

  #wanted(tile: TileId): number {
    let newest = this.#base;
    for (const { revision, place } of this.#places)
      if (revision > newest && meets(place, tile)) newest = revision;
    return newest;
  }
}
