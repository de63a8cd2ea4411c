/** Panels that are not always needed: their code is fetched when they are first shown. */
import { fetched } from "../store/coming";

const PARTS = {
  "om-plot": () => import("./plot"),
  "om-legend": () => import("./legend"),
  "om-measure": () => import("./measure"),
  "om-pointer": () => import("./measure_pointer"),
  "om-roads": () => import("./roads"),
  "om-moving": () => import("./moving"),
  "om-dispatch": () => import("./dispatch"),
  "om-pocket": () => import("./pocket"),
  "om-packing": () => import("./packing"),
  "om-import": () => import("./import"),
  "om-raster-upload": () => import("./import_raster"),
  "om-card": () => import("./card"),
  "om-dossier": () => import("./dossier"),
  "om-query": () => import("./query"),
  "om-statistics": () => import("./statistics"),
  "om-themes": () => import("./themes"),
  "om-quality": () => import("./quality"),
  "om-ground": () => import("./ground"),
  "om-reading": () => import("./reading"),
  "om-swipe": () => import("./swipe"),
  "om-report": () => import("./intake"),
  "om-deadline": () => import("./deadline"),
  "om-rerun": () => import("./rerun"),
  "om-calls": () => import("./plan_calls"),
  "om-log": () => import("./log"),
  "om-decisions": () => import("./decisions"),
  "om-readings": () => import("./readings"),
  "om-proposals": () => import("./proposals"),
  "om-compare": () => import("./compare"),
  "om-bulletins": () => import("./bulletins"),
  "om-cards": () => import("./cards"),
  "om-incident-file": () => import("./incident_file"),
  "om-duty": () => import("./handover"),
} as const;

export type Part = keyof typeof PARTS;

const coming = new Set<Part>();

/** Begin to fetch a panel's code; the element stands empty until it is there. */
export function fetchPart(part: Part): void {
  if (!coming.has(part)) void fetched<unknown>(PARTS[part]);
  coming.add(part);
}
