/** A file on its way in: upload, analyse, check, adjust, compare, and a person's decision. */

import { ApiError } from "../api/client";
import * as api from "../api/imports";
import { getSystems } from "../api/quality";
import { t } from "../text/i18n";
import { fly } from "./browse";
import { checkBody, errorCount, isMoving, proposedForm, stepOf } from "./import_form";
import { attempt, explain, tell } from "./notices";
import {
  type Correction,
  type ImportForm,
  type Importing,
  noImport,
  noOverlay,
  type Step,
} from "./planner";
import { readLayers } from "./site";
import { store } from "./state";

const POLL_MS = 700;

function patch(change: Partial<Importing>): void {
  store.set({ importing: { ...store.state.importing, ...change } });
}

function fill(change: Partial<ImportForm>): void {
  patch({ form: { ...store.state.importing.form, ...change } });
}

export { fill as editForm };

/** Send one file, or all the parts of a Shapefile, with whatever is known of it. */
export async function upload(files: readonly File[], given: Record<string, string>): Promise<void> {
  const form = new FormData();
  for (const file of files) form.append("file", file);
  for (const [name, value] of Object.entries(given)) if (value) form.set(name, value);
  patch({ ...noImport, busy: true });
  const job = await attempt(() => api.postImport(form));
  if (job) await open(job);
  patch({ busy: false });
}

export async function openImport(id: string): Promise<void> {
  if (store.state.importing.job?.id === id) return;
  patch({ ...noImport, busy: true });
  const job = await attempt(() => api.getImport(id));
  if (job) await open(job);
  patch({ busy: false });
}

async function open(job: api.ImportJob): Promise<void> {
  patch({ job, form: proposedForm(job) });
  await follow(job.id);
}

/** Ask how far the job is until it stands still, then read what that step shows. */
async function follow(id: string): Promise<void> {
  const analysed = store.state.importing.job?.analysis !== null;
  for (;;) {
    const job = await attempt(() => api.getImport(id));
    if (!job || store.state.importing.job?.id !== id) return;
    patch({ job });
    if (!isMoving(job.status)) return settle(job, analysed);
    patch({ step: stepOf(job) });
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function settle(job: api.ImportJob, analysed: boolean): Promise<void> {
  if (!analysed) patch({ form: proposedForm(job) });
  patch({ step: stepOf(job), changes: null });
  await Promise.all([
    job.analysis && store.state.importing.preview === null ? readPreview() : null,
    job.status === "analysed" ? null : readFaults(),
    job.status === "staged" ? showChanges("new") : null,
    // What was published may be a layer that did not exist before.
    job.status === "published" || job.status === "taken_back" ? readLayers() : null,
  ]);
}

/** The first rows, and where they lie: what a person compares with what they know of the file. */
export async function readPreview(): Promise<void> {
  const { job, form } = store.state.importing;
  if (!job) return;
  const { sourceLayer: source_layer, crs, encoding } = form;
  const preview = await attempt(() => api.getPreview(job.id, { source_layer, crs, encoding }));
  const now = store.state.importing.form;
  if (!preview || now.sourceLayer !== source_layer || now.crs !== crs || now.encoding !== encoding)
    return;
  patch({ preview });
  store.set({ overlay: { area: null, features: preview.features } });
  const [west, south, east, north] = preview.bbox ?? [];
  if (west !== undefined && south !== undefined && east !== undefined && north !== undefined)
    fly({ to: "box", west, south, east, north });
}

export async function readFaults(more = false): Promise<void> {
  const { job, severity, next, faults } = store.state.importing;
  if (!job || (more && next === null)) return;
  const answer = await attempt(() => api.getFaults(job.id, severity, more ? next : null));
  if (answer)
    patch({
      faults: more ? [...faults, ...answer.faults] : answer.faults,
      next: answer.next_cursor,
    });
}

export function filterFaults(severity: Importing["severity"]): void {
  patch({ severity, faults: [], next: null });
  void readFaults();
}

export function showStep(step: Step): void {
  patch({ step });
}

/** Read the file otherwise; the first rows and their places show at once whether that is better. */
export function readAs(
  change: Pick<Partial<ImportForm>, "sourceLayer" | "crs" | "encoding">,
): void {
  fill(change);
  void readPreview();
}

/** Give a field its column; an empty column takes the field out. */
export function mapField(field: string, column: string): void {
  const fields = { ...store.state.importing.form.fields };
  if (column === "") delete fields[field];
  else fields[field] = column;
  fill({ fields });
}

/** Read and check the file as the form says; the corrected cells go with it. */
export async function check(change: Partial<ImportForm> = {}): Promise<void> {
  fill(change);
  const { job, form, corrections } = store.state.importing;
  if (!job) return;
  patch({ busy: true });
  const answer = await attempt(() => api.checkImport(job.id, checkBody(form, corrections)));
  if (answer) {
    patch({ job: answer, faults: [], next: null, step: "check" });
    await follow(answer.id);
    const now = store.state.importing.job;
    if (change.crs !== undefined && now && errorCount(now) === 0) await readPreview();
  }
  patch({ busy: false });
}

/** A cell as it should have been; the file itself is never changed. */
export function correct(correction: Correction): void {
  const others = store.state.importing.corrections.filter(
    ({ row, field }) => row !== correction.row || field !== correction.field,
  );
  const same = correction.value === correction.got;
  patch({ corrections: same ? others : [...others, correction] });
}

export async function showChanges(
  kind: api.ChangeKind,
  layer: string | null = null,
): Promise<void> {
  const { job } = store.state.importing;
  if (!job) return;
  const answer = await attempt(() => api.getChanges(job.id, kind, layer, null));
  if (!answer || store.state.importing.job?.id !== job.id) return;
  patch({
    changes: { kind, layer, counts: answer.counts, rows: answer.changes, next: answer.next_cursor },
  });
}

export async function moreChanges(): Promise<void> {
  const { job, changes } = store.state.importing;
  if (!job || !changes?.next) return;
  const { kind, layer, next } = changes;
  const answer = await attempt(() => api.getChanges(job.id, kind, layer, next));
  if (answer && store.state.importing.changes === changes)
    patch({
      changes: {
        ...changes,
        rows: [...changes.rows, ...answer.changes],
        next: answer.next_cursor,
      },
    });
}

export function setRemoveGone(removeGone: boolean): void {
  patch({ removeGone });
}

export async function publish(good_rows_only: boolean): Promise<void> {
  const { job, removeGone } = store.state.importing;
  if (!job) return;
  await decide(() => api.publishImport(job.id, { good_rows_only, remove_gone: removeGone }));
}

export async function reject(): Promise<void> {
  const { job } = store.state.importing;
  if (job) await decide(() => api.rejectImport(job.id));
}

async function decide(send: () => Promise<api.ImportJob>): Promise<void> {
  patch({ busy: true });
  const answer = await attempt(send);
  if (answer) {
    patch({ job: answer, step: stepOf(answer) });
    if (isMoving(answer.status)) await follow(answer.id);
    else await readLayers();
  }
  patch({ busy: false });
}

/** Take a published batch back; rows edited since are listed, and stay when that is asked. */
export async function takeBack(keepEdited: boolean): Promise<void> {
  const { job } = store.state.importing;
  if (!job) return;
  patch({ busy: true });
  try {
    const { restored, removed, edited_since } = await api.takeBackImport(job.id, keepEdited);
    patch({ taken: { restored, removed }, edited: edited_since });
    tell(t("import.takenBack"), "good");
    await follow(job.id);
  } catch (cause) {
    const edited = cause instanceof ApiError ? editedSince(cause) : [];
    if (edited.length > 0) patch({ edited });
    else tell(explain(cause), "error");
  }
  patch({ busy: false });
}

function editedSince({ status, details }: ApiError): readonly api.EditedRow[] {
  return status === 409 && Array.isArray(details.edited_since)
    ? api.editedRows(details.edited_since, "edited_since")
    : [];
}

export async function readRecent(): Promise<void> {
  const [recent, remembered, known] = await Promise.all([
    attempt(api.getImports),
    attempt(api.getRemembered),
    store.state.systems.length === 0 ? attempt(getSystems) : null,
  ]);
  if (known) store.set({ systems: known.systems });
  patch({ recent: recent?.imports ?? null, remembered: remembered?.sources ?? null });
}

export async function forget(id: string): Promise<void> {
  if ((await attempt(() => api.forgetRemembered(id))) !== null) await readRecent();
}

export async function downloadFaults(): Promise<void> {
  const { job } = store.state.importing;
  if (job) await attempt(() => api.saveFaults(job.id));
}

export async function downloadTemplate(layer: string): Promise<void> {
  await attempt(() => api.saveTemplate(layer));
}

export function another(): void {
  store.set({ importing: noImport, overlay: noOverlay });
  void readRecent();
}
