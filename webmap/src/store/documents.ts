/** What is on file for a feature, and its plan images on the map. */
import type { Geometry } from "geojson";
import * as api from "../api/documents";
import { t } from "../text/i18n";
import { fly } from "./browse";
import { draw } from "./drawing";
import { boxOf } from "./geodesy";
import { attempt, tell } from "./notices";
import type { Filed } from "./planner";
import { store } from "./state";

export async function readDocuments(layer: string, id: string): Promise<void> {
  const [documents, plans] = await Promise.all([
    attempt(() => api.getDocuments(layer, id)),
    attempt(() => api.getPlans(layer, id)),
  ]);
  if (documents && plans)
    store.set({ filed: { layer, id, documents: documents.documents, plans: plans.site_plans } });
}

async function readAgain({ layer, id }: Filed): Promise<void> {
  await readDocuments(layer, id);
}

export async function addDocument(filed: Filed, form: FormData): Promise<boolean> {
  form.set("layer", filed.layer);
  form.set("feature_id", filed.id);
  if (form.get("title") === "") form.delete("title");
  const made = await attempt(() => api.addDocument(form));
  if (made) await readAgain(filed);
  return made !== null;
}

export async function removeDocument(filed: Filed, document: api.Document): Promise<void> {
  if ((await attempt(() => api.removeDocument(document))) === null) return;
  const shown = filed.plans.find(({ document: of }) => of === document.id);
  if (shown && store.state.planImage?.id === shown.id) hidePlan();
  await readAgain(filed);
}

/** Show a plan on the map and go there. */
export function showPlan(plan: api.SitePlan): void {
  const { id, corners, opacity } = plan;
  store.set({ planImage: { id, url: plan.image, corners, opacity } });
  const box = boxOf({ type: "LineString", coordinates: corners });
  if (box) fly({ to: "box", west: box[0], south: box[1], east: box[2], north: box[3] });
}

export function hidePlan(): void {
  store.set({ planImage: null });
}

export function fadePlan(opacity: number): void {
  const { planImage } = store.state;
  if (planImage) store.set({ planImage: { ...planImage, opacity } });
}

export async function removePlan(filed: Filed, plan: api.SitePlan): Promise<void> {
  if ((await attempt(() => api.removePlan(plan))) === null) return;
  if (store.state.planImage?.id === plan.id) hidePlan();
  await readAgain(filed);
}

/** Lay a picture on the map: press where its top left corner lies, then its bottom right. */
export function placePlan(filed: Filed, document: api.Document): void {
  const { width_px: wide, height_px: high } = document;
  if (wide === null || high === null) return;
  tell(t("plans.first"));
  draw("point", (first) => {
    tell(t("plans.second"));
    draw("point", (second) => {
      const controls = [control(0, 0, first), control(wide, high, second)];
      void place(filed, document, controls);
    });
  });
}

function control(x: number, y: number, at: Geometry): api.Control {
  const [lon = 0, lat = 0] = at.type === "Point" ? at.coordinates : [];
  return { x, y, lon, lat };
}

async function place(
  filed: Filed,
  document: api.Document,
  controls: readonly api.Control[],
): Promise<void> {
  const plan = await attempt(() => api.addPlan(document.id, controls));
  if (!plan) return;
  showPlan(plan);
  await readAgain(filed);
}
