/** From what was guessed about a file to what is asked of the server. */
import type { CheckBody, Column, ImportJob, SourceLayer } from "../api/imports";
import { type Correction, emptyForm, type ImportForm, type Step } from "./planner";

const MOVING = new Set(["reading", "checking", "publishing", "waiting"]);

export function isMoving(status: string): boolean {
  return MOVING.has(status);
}

/** The form as the analysis proposes it; what was given with the upload is kept. */
export function proposedForm(job: ImportJob): ImportForm {
  const { analysis, options } = job;
  const proposed = analysis?.proposed;
  return {
    ...emptyForm,
    layer: options?.layer ?? proposed?.layer ?? "",
    crs: options?.crs ?? analysis?.crs?.given ?? analysis?.crs?.guessed ?? "",
    encoding: options?.encoding ?? analysis?.encoding?.given ?? analysis?.encoding?.guessed ?? "",
    sourceLayer: options?.source_layer ?? analysis?.layers[0]?.name ?? "",
    fields: proposed?.fields ?? {},
    source: options?.source ?? "",
  };
}

export function chosenLayer(job: ImportJob | null, form: ImportForm): SourceLayer | null {
  const layers = job?.analysis?.layers ?? [];
  return layers.find(({ name }) => name === form.sourceLayer) ?? layers[0] ?? null;
}

export function columns(job: ImportJob | null, form: ImportForm): readonly Column[] {
  return chosenLayer(job, form)?.fields ?? [];
}

/** What is asked of the server; what was left open is left out. */
export function checkBody(form: ImportForm, corrections: readonly Correction[]): CheckBody {
  const body: CheckBody = {
    corrections: corrections.map(({ row, field, value }) => ({ row, field, value: value || null })),
  };
  if (form.own) {
    const { color, symbol, label_field, min_zoom } = form.own.style;
    body.new_layer = {
      title: form.own.title.trim(),
      access: form.own.access,
      style: {
        color,
        symbol,
        ...(label_field ? { label_field } : {}),
        ...(min_zoom === null ? {} : { min_zoom }),
      },
    };
  } else if (form.layer) body.layer = form.layer;
  if (Object.keys(form.fields).length > 0) body.fields = { ...form.fields };
  if (form.crs.trim()) body.crs = form.crs.trim();
  if (form.encoding.trim()) body.encoding = form.encoding.trim();
  if (form.sourceLayer) body.source_layer = form.sourceLayer;
  if (form.source.trim()) body.source = form.source.trim();
  if (form.sourceDate) body.source_date = form.sourceDate;
  return body;
}

/** Errors that stop a batch from being published whole. */
export function errorCount(job: ImportJob): number {
  return Object.values(job.report.layers).reduce((sum, layer) => sum + layer.errors, 0);
}

export function goodCount(job: ImportJob): number {
  return Object.values(job.report.layers).reduce(
    (sum, layer) => sum + layer.new + layer.existing,
    0,
  );
}

/** The step at which a batch waits for a person. */
export function stepOf(job: ImportJob): Step {
  switch (job.status) {
    case "checking":
      return "check";
    case "staged":
      return errorCount(job) > 0 || job.report.warnings.length > 0 ? "check" : "stage";
    case "publishing":
    case "published":
    case "taken_back":
      return "publish";
    default:
      return "analyse";
  }
}

/** The steps that a person may look at now. */
export function reached(job: ImportJob | null): ReadonlySet<Step> {
  if (!job) return new Set(["analyse"]);
  switch (job.status) {
    case "staged":
      return new Set(["analyse", "check", "adjust", "stage", "publish"]);
    case "checking":
      return new Set(["analyse", "check"]);
    case "publishing":
    case "published":
    case "taken_back":
      return new Set(["analyse", "check", "stage", "publish"]);
    case "failed":
    case "rejected":
      return new Set(["analyse", "check"]);
    default:
      return new Set(["analyse"]);
  }
}
