/** A person's own layers: renamed, dressed, opened to others, removed and brought back. */
import * as api from "../api/user_layers";
import { t } from "../text/i18n";
import { attempt, tell } from "./notices";
import type { OwnLayer } from "./planner";
import { readLayers } from "./site";
import { store } from "./state";

function held(layer: api.OwnLayer): void {
  store.set({ ownLayer: layer });
}

export async function openOwn(name: string): Promise<void> {
  if (store.state.ownLayer?.name === name) {
    store.set({ ownLayer: null });
    return;
  }
  const layer = await attempt(() => api.getOwnLayer(name));
  if (layer) held(layer);
}

export async function changeOwn({ title, access, style }: OwnLayer): Promise<void> {
  const { ownLayer } = store.state;
  if (!ownLayer) return;
  const body = { title: title.trim(), access, style: { ...style } };
  const layer = await attempt(() => api.changeOwnLayer(ownLayer.name, ownLayer.version, body));
  if (!layer) return;
  held(layer);
  tell(t("own.changed"), "good");
  await readLayers();
}

export async function removeOwn(typed: string): Promise<void> {
  const { ownLayer } = store.state;
  if (!ownLayer) return;
  const done = await attempt(() => api.removeOwnLayer(ownLayer.name, ownLayer.version, typed));
  if (done === null) return;
  store.set({ ownLayer: null });
  tell(t("own.removed", { title: ownLayer.title }), "good");
  await Promise.all([readLayers(), readRemoved()]);
}

export async function readRemoved(): Promise<void> {
  const answer = await attempt(api.getRemovedLayers);
  if (answer) store.set({ removedLayers: answer.layers });
}

export async function restoreOwn(name: string): Promise<void> {
  if ((await attempt(() => api.restoreOwnLayer(name))) === null) return;
  await Promise.all([readLayers(), readRemoved()]);
}
