/** Which archives a pack holds, and the address of their tiles, which the map itself answers. */

export const ARCHIVES = ["basemap", "layers"] as const;
export type ArchiveName = (typeof ARCHIVES)[number];

export function tileAddress(id: string, name: ArchiveName): string {
  return `pmtiles://pack-${id}/${name}/{z}/{x}/{y}`;
}
