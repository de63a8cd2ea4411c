/** What is looked up in a pack as at the server: the card of a feature, and names. */
import type { FeatureCard, Found } from "../api/wire";
import { PackError } from "../pack/fault";
import { featureInPack, findInPack, unsearched } from "../pack/finding";
import { t } from "../text/i18n";
import type { OpenPack } from "./field_state";
import { tell } from "./notices";
import { layerNamed, store } from "./state";

/** What hangs on a feature at the server is not in a pack. */
export async function cardInPack(
  { pack }: OpenPack,
  layer: string,
  id: string,
): Promise<FeatureCard> {
  const feature = await featureInPack(pack, layer, id);
  if (!feature) throw new PackError("feature");
  return { feature, contacts: [], stock: [], vehicles: [], kept: null };
}

/** Search a pack, and say which of its layers are too large for that. */
export async function searchPack({ pack }: OpenPack, q: string): Promise<Found[]> {
  const found = await findInPack(pack, q);
  const titles = (await unsearched(pack)).map(
    (name) => layerNamed(store.state, name)?.title ?? name,
  );
  if (titles.length > 0) tell(t("offline.search.left", { layers: titles.join(", ") }));
  return found;
}
