/** Notes in the log: written, with files, at a place; struck, never removed. */
import { addDocument, type Document } from "../api/documents";
import * as api from "../api/log";
import { t } from "../text/i18n";
import { keepIn, readPart } from "./duty";
import { attempt, tell } from "./notices";

export interface NewNote {
  text: string;
  kind: string;
  lon: number | null;
  lat: number | null;
  files: readonly File[];
  /** The moment that it speaks of, RFC 3339; empty is now. */
  when: string;
}

/** So many files one note may name. */
const MOST_FILES = 20;

/**
 * Send files one after the other, then the note that names them.
 *
 * `id` names the note, so that a second try after a lost answer is the same note. `told` hears how
 * far it has come.
 */
export async function writeNote(
  incident: string,
  id: string,
  { text, kind, lon, lat, files, when }: NewNote,
  told: (done: number, of: number, name: string) => void,
): Promise<boolean> {
  if (files.length > MOST_FILES) {
    tell(t("log.files.most", { most: MOST_FILES }), "error");
    return false;
  }
  const documents: string[] = [];
  for (const [done, file] of files.entries()) {
    told(done, files.length, file.name);
    const kept = await attempt(() => upload(incident, file));
    if (!kept) return false;
    documents.push(kept.id);
  }
  const body = { id, text: text.trim(), kind, documents, ...(when ? { at: when } : {}) };
  const note = await attempt(() =>
    api.addNote(incident, lon === null || lat === null ? body : { ...body, lon, lat }),
  );
  if (!note) return false;
  keepIn("notes", incident, note);
  void readPart("log", incident);
  return true;
}

function upload(incident: string, file: File): Promise<Document> {
  const form = new FormData();
  form.set("layer", "incident");
  form.set("feature_id", incident);
  form.set("kind", file.type.startsWith("image/") ? "photo" : "other");
  form.set("title", file.name.slice(0, 200));
  form.set("file", file);
  return addDocument(form);
}

/** Say it otherwise; what it said before stays in the log. */
export async function reword(incident: string, note: api.Note, text: string): Promise<boolean> {
  const changed = await attempt(() => api.changeNote(incident, note, { text }));
  if (changed) keepIn("notes", incident, changed);
  else await readPart("notes", incident);
  return changed !== null;
}

export async function strike(incident: string, note: api.Note, reason: string): Promise<boolean> {
  const struck = await attempt(() => api.strikeNote(incident, note, reason));
  if (struck) keepIn("notes", incident, struck);
  return struck !== null;
}
