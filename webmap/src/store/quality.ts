/** How well the data is kept: a score for each layer, and pairs that a person decides. */
import * as api from "../api/quality";
import { t } from "../text/i18n";
import { fly, openCard } from "./browse";
import { attempt, tell } from "./notices";
import { EMPTY } from "./planner";
import { store } from "./state";

export async function readQuality(): Promise<void> {
  const answer = await attempt(api.getQuality);
  if (answer) store.set({ quality: answer.layers });
}

export async function showPairs(layer: string | null): Promise<void> {
  const answer = await attempt(() => api.getPairs(layer, null));
  if (answer) store.set({ pairs: { layer, list: answer.duplicates, next: answer.next_cursor } });
}

export async function morePairs(): Promise<void> {
  const { pairs } = store.state;
  if (!pairs?.next) return;
  const answer = await attempt(() => api.getPairs(pairs.layer, pairs.next));
  if (!answer || store.state.pairs !== pairs) return;
  const list = [...pairs.list, ...answer.duplicates];
  store.set({ pairs: { ...pairs, list, next: answer.next_cursor } });
}

/** Both sides on the map: what lies apart is seldom one thing. */
export function showPair({ layer, a, b }: api.Pair): void {
  const places = [a, b].flatMap(({ id, lon, lat }) =>
    lon === null || lat === null
      ? []
      : [
          {
            type: "Feature" as const,
            id,
            geometry: { type: "Point" as const, coordinates: [lon, lat] },
            properties: { layer },
          },
        ],
  );
  store.set({ overlay: { area: null, features: { ...EMPTY, features: places } } });
  const [west, east] = [a.lon, b.lon].map(Number).sort((one, other) => one - other);
  const [south, north] = [a.lat, b.lat].map(Number).sort((one, other) => one - other);
  if (west !== undefined && east !== undefined && south !== undefined && north !== undefined)
    fly({ to: "box", west, south, east, north });
}

export function openSide({ layer }: api.Pair, { id }: api.PairSide): void {
  void openCard(layer, id);
}

/** Nothing is merged by a decision: it says that a pair need not be asked about again. */
export async function decidePair(pair: api.Pair, state: "same" | "different"): Promise<void> {
  if ((await attempt(() => api.decidePair(pair, state))) === null) return;
  const { pairs } = store.state;
  if (pairs)
    store.set({ pairs: { ...pairs, list: pairs.list.filter(({ id }) => id !== pair.id) } });
  void readQuality();
}

export async function searchPairs(layer: string): Promise<void> {
  const answer = await attempt(() => api.searchPairs(layer));
  if (!answer) return;
  tell(t("quality.searched", { fresh: answer.new, open: answer.open }), "good");
  await Promise.all([readQuality(), showPairs(layer)]);
}
