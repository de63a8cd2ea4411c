/** The tiles of the map: what renews them, what filters them, how old they are. */
import { probeTile, reasonOf } from "../api/tiles";
import type { Change, Layers } from "../api/wire";
import { t } from "../text/i18n";
import { tell } from "./notices";
import { store } from "./state";
import type { Tiles, Touched } from "./tile_state";

/** The map takes them up within a turn: so many are more than come in one. */
const TOUCHED_KEPT = 500;
const PROBE_MS = 10_000;

function patch(change: Partial<Tiles>): void {
  store.set({ tiles: { ...store.state.tiles, ...change } });
}

/** Everything has been read: tiles are asked for at the revision that was read. */
export function tilesRead({ layers, basemap }: Layers): void {
  patch({
    revision: Math.max(0, ...layers.map(({ revision }) => revision)),
    basemapRevision: basemap.revision,
    touched: [],
  });
}

/** Take a change from the stream: it renews the tiles that its box meets. */
export function tilesTouched({ seq, layer, revision, box }: Change): void {
  const touched: Touched = { revision: revision ?? seq, layer, box };
  patch({ touched: [...store.state.tiles.touched, touched].slice(-TOUCHED_KEPT) });
}

/** Show of each named layer only the rows that a condition holds for. */
export function filterTiles(where: Readonly<Record<string, string>>): void {
  patch({ where });
}

/** Show the whole of a layer again. */
export function liftFilter(layer: string): void {
  const others = Object.entries(store.state.tiles.where).filter(([name]) => name !== layer);
  patch({ where: Object.fromEntries(others) });
}

/** Why the server would not draw the features so: a filter that is wrong, or one that takes too long. */
export async function tilesRefused(status: number, body: Blob): Promise<void> {
  const reason = await reasonOf(body);
  // Without a reason of its own it is a server that is away: the link's badge says so.
  if (reason !== null && status !== 404) tell(t("tiles.refused", { reason }), "error");
}

/** The last tile that the map asked for: the one by which it is asked how the server is. */
let sample: string | null = null;

export function askedFor(url: string): void {
  sample = url;
}

let probing = false;

/** Ask once whether the server answers tiles from its store alone, and since when. */
export async function probeTiles(): Promise<void> {
  if (probing || sample === null) return;
  probing = true;
  const answer = await probeTile(sample);
  probing = false;
  // Without an answer nothing is known: the link's badge says that there is none.
  if (answer !== null && answer.staleSince !== store.state.tiles.staleSince)
    patch({ staleSince: answer.staleSince });
}

/** While the link is not live, and until tiles are fresh again, look again and again. */
export function watchTiles(): void {
  setInterval(() => {
    const { link, tiles } = store.state;
    if (link.status !== "live" || tiles.staleSince !== null) void probeTiles();
  }, PROBE_MS);
  let status = store.state.link.status;
  store.subscribe(({ link }, changed) => {
    if (!changed.has("link") || link.status === status) return;
    status = link.status;
    if (status !== "connecting") void probeTiles();
  });
}
