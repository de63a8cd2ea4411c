/** Tiles out of a pack: the map asks by an address of its own kind, and a file answers. */
import { addProtocol } from "maplibre-gl";
import { tileAddress } from "../pack/address";
import type { Archive } from "../pack/archive";
import type { OpenPack } from "../store/field_state";

const ADDRESS = /^pmtiles:\/\/pack-([^/]+)\/(\w+)\/(\d+)\/(\d+)\/(\d+)$/;

/** The archives of the pack that is shown, by the pack's id and their name. */
const open = new Map<string, Archive>();

/** Answer for the tiles of a pack from now on, and for those of no other. */
export function servePack(shown: OpenPack | null): void {
  open.clear();
  for (const archive of shown?.archives ?? [])
    open.set(`${shown?.pack.manifest.id}/${archive.name}`, archive);
}

addProtocol("pmtiles", async ({ url }, { signal }) => {
  const [, id, name, ...place] = ADDRESS.exec(url) ?? [];
  const [z = 0, x = 0, y = 0] = place.map(Number);
  const found = await open.get(`${id}/${name}`)?.tiles.getZxy(z, x, y, signal);
  // Where a pack has no tile there is nothing: an empty one.
  return { data: found?.data ?? new ArrayBuffer(0) };
});

/** Where the features of a pack come from; undefined where the server gives them. */
export function packFeatures(
  shown: OpenPack | null,
): { tiles: string; maxzoom: number } | undefined {
  if (!shown) return undefined;
  const layers = shown.archives.find(({ name }) => name === "layers");
  return {
    tiles: tileAddress(shown.pack.manifest.id, "layers"),
    maxzoom: layers?.maxzoom ?? 0,
  };
}
