/** The tiles of a pack, read in place from the file that it came in. */
import { Compression, PMTiles, type RangeResponse, type Source, TileType } from "pmtiles";
import type { ArchiveName } from "./address";
import { PackError } from "./fault";
import type { Pack } from "./reader";

/** A part of a pack as a place to read bytes from. */
class BlobSource implements Source {
  constructor(
    private readonly key: string,
    private readonly blob: Blob,
  ) {}

  getKey(): string {
    return this.key;
  }

  async getBytes(offset: number, length: number): Promise<RangeResponse> {
    return { data: await this.blob.slice(offset, offset + length).arrayBuffer() };
  }
}

export interface Archive {
  name: ArchiveName;
  tiles: PMTiles;
  minzoom: number;
  maxzoom: number;
}

/** Open an archive of a pack; null where the pack was made without. */
export async function openArchive(pack: Pack, name: ArchiveName): Promise<Archive | null> {
  const part = `${name}.pmtiles`;
  const blob = pack.parts.get(part);
  if (!blob) return null;
  const tiles = new PMTiles(new BlobSource(`${pack.manifest.id}/${name}`, blob));
  try {
    const { minZoom, maxZoom, tileType, tileCompression } = await tiles.getHeader();
    const known = tileCompression === Compression.None || tileCompression === Compression.Gzip;
    if (tileType !== TileType.Mvt || !known || minZoom > maxZoom)
      throw new PackError("part_invalid", { name: part });
    return { name, tiles, minzoom: minZoom, maxzoom: maxZoom };
  } catch (cause) {
    if (cause instanceof PackError || !(cause instanceof Error)) throw cause;
    throw new PackError("part_invalid", { name: part });
  }
}
