/** One enterprise, one file; one park, one file: opened, shown, and left again. */
import * as api from "../api/dossier";
import { fly } from "./browse";
import { boxOf } from "./geodesy";
import { attempt } from "./notices";
import type { DossierTab } from "./planner";
import { store } from "./state";

export async function openDossier(kind: api.DossierKind, id: string): Promise<void> {
  store.set({ dossier: { kind, id, file: null } });
  const file = await attempt(() => api.getDossier(kind, id));
  const { dossier } = store.state;
  if (dossier?.id !== id) return;
  if (!file) closeDossier();
  else {
    store.set({ dossier: { kind, id, file } });
    const box = file.owner.feature.geometry && boxOf(file.owner.feature.geometry);
    if (box) fly({ to: "box", west: box[0], south: box[1], east: box[2], north: box[3] });
  }
}

export function showDossierTab(dossierTab: DossierTab): void {
  store.set({ dossierTab });
}

export function closeDossier(): void {
  store.set({ dossier: null, planImage: null });
}
