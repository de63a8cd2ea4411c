/** One enterprise, one file; one park, one file: opened, shown, and left again. */
import * as api from "../api/dossier";
import { attempt } from "./notices";
import { store } from "./state";

export async function openDossier(kind: api.DossierKind, id: string): Promise<void> {
  store.set({ dossier: { kind, id, file: null } });
  const file = await attempt(() => api.getDossier(kind, id));
  const { dossier } = store.state;
  if (dossier?.id !== id) return;
  if (file) store.set({ dossier: { kind, id, file } });
  else closeDossier();
}

export function closeDossier(): void {
  store.set({ dossier: null, planImage: null });
}
