/** The card of a feature from a pack. */
import type { FeatureCard } from "../api/wire";
import { PackError } from "../pack/fault";
import { featureInPack } from "../pack/finding";
import type { OpenPack } from "./field_state";

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
