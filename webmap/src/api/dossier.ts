/** The file of an enterprise or a park on the wire: everything known of it, section by section. */
import { request } from "./client";
import { anything, record } from "./read";

export type DossierKind = "enterprise" | "park";

const dossier = record(anything);

export const getDossier = (kind: DossierKind, id: string) =>
  request(`/api/v1/${kind}s/${id}/file`, dossier);
