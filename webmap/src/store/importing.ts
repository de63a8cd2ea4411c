/** A file on its way in: upload, check, faults, and a person's decision. */
import * as api from "../api/calls";
import { attempt } from "./notices";
import { type Importing, store } from "./state";

const POLL_MS = 700;
const MOVING = new Set(["reading", "checking"]);

function patch(change: Partial<Importing>): void {
  store.set({ importing: { ...store.state.importing, ...change } });
}

export function isMoving(status: string): boolean {
  return MOVING.has(status);
}

export async function upload(form: FormData): Promise<void> {
  patch({ busy: true, job: null, faults: [], more: false });
  const job = await attempt(() => api.postImport(form));
  patch({ job });
  if (job) await follow(job.id);
  patch({ busy: false });
}

/** Ask for the job's progress until it stands still, then read its faults. */
async function follow(id: string): Promise<void> {
  for (;;) {
    const job = await attempt(() => api.getImport(id));
    if (!job) return;
    patch({ job });
    if (!isMoving(job.status)) break;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  const answer = await attempt(() => api.getFaults(id));
  if (answer) patch({ faults: answer.faults, more: answer.next_cursor !== null });
}

export async function decide(decision: "publish" | "reject", rows: "all" | "good"): Promise<void> {
  const { job } = store.state.importing;
  if (!job) return;
  patch({ busy: true });
  const body = decision === "publish" ? { good_rows_only: rows === "good" } : {};
  const answer = await attempt(() => api.decideImport(job.id, decision, body));
  if (answer) {
    patch({ job: answer });
    if (isMoving(answer.status)) await follow(answer.id);
  }
  patch({ busy: false });
}

export function another(): void {
  patch({ job: null, faults: [], more: false, busy: false });
}
