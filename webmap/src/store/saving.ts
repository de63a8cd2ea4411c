/** A file of the server's saved here; one that cannot be made says why, in words. */
import { save } from "../api/client";
import { attempt, tell } from "./notices";

export async function saveFile(path: string, instead: string): Promise<boolean> {
  const notes = await attempt(() => save(path, instead));
  for (const note of notes ?? []) tell(note);
  return notes !== null;
}
