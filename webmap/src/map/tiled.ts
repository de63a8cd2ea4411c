/** The tiled sources of the map: each tile asked for at its own revision, and again when it changed. */
import type { AJAXError, ErrorEvent, Map as GlMap, RequestTransformFunction } from "maplibre-gl";
import { noTiles, type Tiles } from "../store/tile_state";
import { askedFor, probeTiles, tilesRefused } from "../store/tiles";
import { BASEMAP } from "./basemap";
import { FEATURES } from "./features";
import { Renewal } from "./renewal";
import { patch, type TileId } from "./tile_cover";

/** The ground layers that a base map of the database is made from. */
const GROUND: ReadonlySet<string> = new Set([
  "land_use",
  "water",
  "building",
  "railway",
  "road",
  "place",
]);
/** An address with a blank label, as `tileAddresses` makes it. */
const BLANK = /^(.*\/tiles\/([a-z0-9_,]+)\/)0(\/(\d+)\/(\d+)\/(\d+)\.mvt.*)$/;
const IMAGE = /\/tiles\/(raster|external)\//;
/** Changes come in bursts: tiles are fetched again once for each. */
const BURST_MS = 120;

/** What could not be had is asked for again after so long, or when the link is back. */
const RETRY_MS = 20_000;
/** Farther out the tiles are of now: a layer's whole history would be read for one. */
const PAST_ZOOM = 10;
/** While the past is played, tiles follow at this pace. */
const PAST_MS = 2_000;
const FAILED_KEPT = 500;

type SourceName = typeof BASEMAP | typeof FEATURES;
const SOURCES: readonly SourceName[] = [BASEMAP, FEATURES];

/** What is known of a tile that failed, in the library's own words. */
interface FailedTile {
  state: string;
  buckets?: object;
  tileID?: { canonical?: TileId };
}

export class TiledSources {
  #gl: GlMap | null = null;
  #epoch: string | null = null;
  #read: Tiles = noTiles;
  #renewals: Record<SourceName, Renewal> = fresh(noTiles);
  readonly #failed: Record<SourceName, TileId[]> = { [BASEMAP]: [], [FEATURES]: [] };
  #due: ReturnType<typeof setTimeout> | undefined;
  #retryDue: ReturnType<typeof setTimeout> | undefined;
  /** The seq of the past that is shown; null is now. */
  #past: number | null = null;
  #pastDue: ReturnType<typeof setTimeout> | undefined;

  /** Begin with tiles as they were read. */
  constructor(tiles: Tiles, epoch: string | null) {
    this.#begin(tiles, epoch);
  }

  /** Write into an address the revision that its tile has by now. */
  readonly request: RequestTransformFunction = (url) => {
    const parts = BLANK.exec(url);
    // With a header of its own an image is fetched, and an empty or refused one tells what it is;
    // without one it would be an image element, which only says that it failed.
    if (!parts)
      return IMAGE.test(url) ? { url, headers: { "X-Requested-With": "onemap" } } : { url };
    const [, head = "", name = "", tail = "", z, x, y] = parts;
    const source = name === BASEMAP ? BASEMAP : FEATURES;
    const revision = this.#renewals[source].ask({ z: Number(z), x: Number(x), y: Number(y) });
    const whole = `${head}${this.#label(revision)}${tail}`;
    if (this.#past !== null && source === FEATURES && Number(z) >= PAST_ZOOM)
      return { url: `${whole}&at=${this.#past}` };
    if (source === FEATURES) askedFor(whole);
    return { url: whole };
  };

  attach(gl: GlMap): void {
    this.#gl = gl;
    // A tile that was on its way, or out of sight, when its change came is fetched now.
    gl.on("idle", () => this.#flush());
    gl.on("error", (event) => this.#fail(event));
  }

  /** Take up what was heard since the last time. `drawn` are the layers that come in tiles. */
  follow(tiles: Tiles, epoch: string | null, drawn: ReadonlySet<string>): void {
    const before = this.#read;
    const again =
      epoch !== this.#epoch ||
      tiles.revision !== before.revision ||
      tiles.basemapRevision !== before.basemapRevision;
    if (again) this.#begin(tiles, epoch);
    else this.#take(tiles, drawn);
    this.#read = tiles;
    // What came from the server's store alone may be of the past: now it can be had as it is.
    if (again || (before.staleSince !== null && tiles.staleSince === null))
      for (const source of SOURCES) this.#refetch(source);
  }

  /** The layers that come in the tiles are others, as they are at a revision. */
  raise(revision: number): void {
    this.#renewals[FEATURES].renewAll(revision);
  }

  /** Draw the features as they were right after a seq; null draws them as they are. */
  lookAt(seq: number | null): void {
    if (seq === this.#past) return;
    const back = seq === null || this.#past === null;
    this.#past = seq;
    if (back) clearTimeout(this.#pastDue);
    if (back) this.#pastDue = undefined;
    this.#pastDue ??= setTimeout(
      () => {
        this.#pastDue = undefined;
        this.#refetch(FEATURES);
      },
      back ? 0 : PAST_MS,
    );
  }

  /** Ask again for what could not be had. */
  retry(): void {
    clearTimeout(this.#retryDue);
    this.#retryDue = undefined;
    for (const source of SOURCES) {
      const failed = this.#failed[source].splice(0);
      if (failed.length > 0 && this.#gl?.getSource(source)) this.#gl.refreshTiles(source, failed);
    }
  }

  #begin(tiles: Tiles, epoch: string | null): void {
    if (epoch !== this.#epoch) this.#renewals = fresh(tiles);
    this.#epoch = epoch;
    this.#renewals[BASEMAP].renewAll(tiles.basemapRevision);
    this.#renewals[FEATURES].renewAll(tiles.revision);
    this.#read = tiles;
  }

  #take({ touched }: Tiles, drawn: ReadonlySet<string>): void {
    const last = this.#read.touched.at(-1);
    const heard = last ? touched.slice(touched.indexOf(last) + 1) : touched;
    for (const { layer, box, revision } of heard) {
      const source = drawn.has(layer) ? FEATURES : GROUND.has(layer) ? BASEMAP : null;
      if (source === null) continue;
      if (box) this.#renewals[source].touch(revision, patch(box));
      else {
        this.#renewals[source].renewAll(revision);
        this.#refetch(source);
      }
    }
    if (heard.length > 0) this.#due ??= setTimeout(() => this.#flush(), BURST_MS);
  }

  /** Fetch every tile of a source again, each shown as it was until the new one is there. */
  #refetch(source: SourceName): void {
    if (this.#gl?.getSource(source)) this.#gl.refreshTiles(source);
  }

  #flush(): void {
    clearTimeout(this.#due);
    this.#due = undefined;
    for (const source of SOURCES) {
      const { old } = this.#renewals[source];
      if (old.length > 0 && this.#gl?.getSource(source)) this.#gl.refreshTiles(source, old);
    }
  }

  #fail(event: ErrorEvent): void {
    const { sourceId, tile } = event as ErrorEvent & { sourceId?: string; tile?: FailedTile };
    const source = SOURCES.find((name) => name === sourceId);
    if (!source || !tile) return;
    // The library would show nothing where it has shown the tile as it was before.
    if (Object.keys(tile.buckets ?? {}).length > 0) tile.state = "loaded";
    const id = tile.tileID?.canonical;
    if (id && this.#failed[source].length < FAILED_KEPT)
      this.#failed[source].push({ z: id.z, x: id.x, y: id.y });
    this.#retryDue ??= setTimeout(() => this.retry(), RETRY_MS);
    void probeTiles();
    const { status, body } = event.error as Partial<AJAXError>;
    if (source === FEATURES && status !== undefined && body) void tilesRefused(status, body);
  }

  /** A restored database counts its revisions anew: the epoch keeps old tiles apart from new ones. */
  #label(revision: number): string {
    if (this.#epoch === null) return `${revision}`;
    return `${this.#epoch.replaceAll("-", "").slice(0, 8)}-${revision}`;
  }
}

function fresh({ revision, basemapRevision }: Tiles): Record<SourceName, Renewal> {
  return { [BASEMAP]: new Renewal(basemapRevision), [FEATURES]: new Renewal(revision) };
}
