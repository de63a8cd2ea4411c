import type { Map as GlMap } from "maplibre-gl";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Box } from "../src/api/wire";
import { Renewal } from "../src/map/renewal";
import { meets, patch } from "../src/map/tile_cover";
import { TiledSources } from "../src/map/tiled";
import { noTiles, type Tiles } from "../src/store/tile_state";

const WUHAN: Box = [114.3, 30.59, 114.31, 30.6];

/** The tile of a place, by the formula of the OpenStreetMap wiki, "Slippy map tilenames". */
function tileOf(lon: number, lat: number, z: number) {
  const radians = (lat * Math.PI) / 180;
  return {
    z,
    x: Math.floor(((lon + 180) / 360) * 2 ** z),
    y: Math.floor(((1 - Math.asinh(Math.tan(radians)) / Math.PI) / 2) * 2 ** z),
  };
}

describe("a box", () => {
  it("meets the tile of its middle at every zoom, and not the one two tiles away", () => {
    for (let z = 0; z <= 16; z++) {
      const tile = tileOf(114.305, 30.595, z);
      expect(meets(patch(WUHAN), tile), `${z}`).toBe(true);
      if (z > 3 && z < 13) expect(meets(patch(WUHAN), { ...tile, x: tile.x + 2 })).toBe(false);
    }
  });

  it("meets exactly the tiles that the places in it lie in, and neighbours by their buffer", () => {
    const place = patch([114.3, 30.59, 114.3, 30.59]);
    const own = tileOf(114.3, 30.59, 14);
    for (let dx = -1; dx <= 1; dx++)
      for (let dy = -1; dy <= 1; dy++) {
        const tile = { z: 14, x: own.x + dx, y: own.y + dy };
        const across = ((114.3 + 180) / 360) * 2 ** 14 - tile.x;
        const radians = (30.59 * Math.PI) / 180;
        const down = ((1 - Math.asinh(Math.tan(radians)) / Math.PI) / 2) * 2 ** 14 - tile.y;
        const near = [across, down].every((share) => share >= -1 / 64 && share <= 1 + 1 / 64);
        expect(meets(place, tile)).toBe(near);
      }
  });

  it("across 180 degrees meets the tiles on both sides of it and none between", () => {
    const fiji = patch([179.5, -17, -179.5, -16]);
    expect(meets(fiji, tileOf(179.7, -16.5, 6))).toBe(true);
    expect(meets(fiji, tileOf(-179.7, -16.5, 6))).toBe(true);
    expect(meets(fiji, tileOf(0, -16.5, 6))).toBe(false);
  });

  it("at 180 degrees is seen in the buffer of the tile on the other side", () => {
    const edge = patch([179.999, 10, 179.9995, 10.001]);
    const west = { ...tileOf(-179.9, 10, 10), x: 0 };
    expect(meets(edge, west)).toBe(true);
    expect(meets(edge, { ...west, x: 1 })).toBe(false);
  });

  it("beyond the end of the projection counts as at its edge", () => {
    expect(meets(patch([10, 89, 11, 90]), { z: 4, x: 8, y: 0 })).toBe(true);
    expect(meets(patch([10, 89, 11, 90]), { z: 4, x: 8, y: 1 })).toBe(false);
  });
});

describe("the revision of a tile", () => {
  const here = tileOf(114.305, 30.595, 12);
  const away = { ...here, x: here.x + 5 };

  it("is raised by a change that meets it and by no other", () => {
    const renewal = new Renewal(10);
    expect([renewal.ask(here), renewal.ask(away)]).toEqual([10, 10]);
    renewal.touch(12, patch(WUHAN));
    expect(renewal.old).toEqual([here]);
    expect([renewal.ask(here), renewal.ask(away)]).toEqual([12, 10]);
    expect(renewal.old).toEqual([]);
  });

  it("stays wanted while its tile is out of sight and nobody asks for it", () => {
    const renewal = new Renewal(1);
    renewal.ask(here);
    renewal.touch(2, patch(WUHAN));
    renewal.touch(3, patch([0, 0, 1, 1]));
    expect(renewal.old).toEqual([here]);
  });

  it("of a tile that was never asked for is right from its first time", () => {
    const renewal = new Renewal(1);
    renewal.touch(7, patch(WUHAN));
    expect([renewal.ask(here), renewal.ask(away)]).toEqual([7, 1]);
  });

  it("is not raised by what was there when the tiles were read", () => {
    const renewal = new Renewal(9);
    renewal.ask(here);
    renewal.touch(9, patch(WUHAN));
    expect(renewal.old).toEqual([]);
  });

  it("is never too low after more changes than are remembered one by one", () => {
    const renewal = new Renewal(0);
    renewal.touch(1, patch(WUHAN));
    for (let revision = 2; revision < 700; revision++)
      renewal.touch(revision, patch([0, 0, 0.1, 0.1]));
    expect(renewal.ask(here)).toBeGreaterThanOrEqual(1);
    expect(renewal.ask(tileOf(0.05, 0.05, 12))).toBe(699);
  });

  it("is that of everything after everything has changed", () => {
    const renewal = new Renewal(1);
    renewal.ask(here);
    renewal.touch(2, patch(WUHAN));
    renewal.renewAll(3);
    expect(renewal.old).toEqual([]);
    expect([renewal.ask(here), renewal.ask(away)]).toEqual([3, 3]);
  });
});

describe("the tiled sources", () => {
  const drawn = new Set(["team"]);
  const EPOCH = "0a1b2c3d-0000-7000-8000-000000000000";
  const at = (revision: number, change: Partial<Tiles> = {}): Tiles => ({
    ...noTiles,
    revision,
    basemapRevision: revision,
    ...change,
  });
  const address = (z: number, x: number, y: number): string =>
    `http://127.0.0.1/tiles/hazard_source,team/0/${z}/${x}/${y}.mvt?form=2`;
  const map = () => {
    const refreshed: unknown[][] = [];
    const gl = {
      on: () => gl,
      getSource: () => true,
      refreshTiles: (...asked: unknown[]) => refreshed.push(asked),
    };
    return { gl: gl as unknown as GlMap, refreshed };
  };
  const asked = (tiled: TiledSources, url: string): string => {
    const request = tiled.request(url);
    if (!request || !("url" in request)) throw new Error("no address");
    return request.url;
  };

  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("write epoch and revision into an address, and leave other addresses alone", () => {
    const tiled = new TiledSources(at(40), EPOCH);
    expect(asked(tiled, address(1, 0, 0))).toBe(
      "http://127.0.0.1/tiles/hazard_source,team/0a1b2c3d-40/1/0/0.mvt?form=2",
    );
    const raster = "http://127.0.0.1/tiles/raster/a/0a1b2c3d-1/1/0/0.png";
    expect(asked(tiled, raster)).toBe(raster);
    const archive = "http://127.0.0.1/tiles/basemap/c0ffee/1/0/0.mvt";
    expect(asked(tiled, archive)).toBe(archive);
  });

  it("fetch again just the tiles that an edit meets, once for a burst", () => {
    const tiled = new TiledSources(at(40), EPOCH);
    const { gl, refreshed } = map();
    tiled.attach(gl);
    const here = tileOf(114.305, 30.595, 12);
    asked(tiled, address(here.z, here.x, here.y));
    asked(tiled, address(here.z, here.x + 3, here.y));
    const touched = [41, 42].map((revision) => ({ revision, layer: "team", box: WUHAN }));
    tiled.follow(at(40, { touched: touched.slice(0, 1) }), EPOCH, drawn);
    tiled.follow(at(40, { touched }), EPOCH, drawn);
    vi.advanceTimersByTime(1000);
    expect(refreshed).toEqual([["features", [here]]]);
    expect(asked(tiled, address(here.z, here.x, here.y))).toContain("/0a1b2c3d-42/");
  });

  it("fetch everything again after a load, and nothing for a layer that is in no tile", () => {
    const tiled = new TiledSources(at(40), EPOCH);
    const { gl, refreshed } = map();
    tiled.attach(gl);
    asked(tiled, address(1, 0, 0));
    const other = { revision: 41, layer: "call", box: null };
    tiled.follow(at(40, { touched: [other] }), EPOCH, drawn);
    expect(refreshed).toEqual([]);
    const load = { revision: 42, layer: "team", box: null };
    tiled.follow(at(40, { touched: [other, load] }), EPOCH, drawn);
    expect(refreshed).toEqual([["features"]]);
    expect(asked(tiled, address(1, 0, 0))).toContain("-42/");
  });

  it("begin anew in another life of the database, where revisions count from the start", () => {
    const tiled = new TiledSources(at(40), EPOCH);
    const { gl, refreshed } = map();
    tiled.attach(gl);
    tiled.follow(at(3), "ffffffff-0000-7000-8000-000000000000", drawn);
    expect(refreshed).toEqual([["basemap"], ["features"]]);
    expect(asked(tiled, address(1, 0, 0))).toContain("/ffffffff-3/");
  });

  it("are fetched again when the server no longer answers from its store", () => {
    const tiled = new TiledSources(at(40), EPOCH);
    const { gl, refreshed } = map();
    tiled.attach(gl);
    tiled.follow(at(40, { staleSince: 5 }), EPOCH, drawn);
    expect(refreshed).toEqual([]);
    tiled.follow(at(40), EPOCH, drawn);
    expect(refreshed).toEqual([["basemap"], ["features"]]);
  });
});
