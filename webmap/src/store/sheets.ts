/** The calculation sheet of the plan that is shown: read, keep, sign. */
import type { Assessment } from "../api/assessment";
import * as api from "../api/sheets";
import { attempt } from "./notices";
import { store } from "./state";

/** Read the sheet of a plan that says it has one of its own. */
export async function readSheet(plan: Assessment): Promise<void> {
  if (plan.sheet?.assessment !== plan.id) store.set({ sheet: null });
  else keep(await attempt(() => api.getSheet(plan)));
}

export async function keepSheet(plan: Assessment): Promise<void> {
  keep(await attempt(() => api.keepSheet(plan)));
}

export async function sign(plan: Assessment, sheet: api.Sheet): Promise<void> {
  const role = sheet.next_role;
  if (role) keep(await attempt(() => api.signSheet(plan, role, sheet.body_hash)));
}

function keep(sheet: api.Sheet | null): void {
  if (sheet) store.set({ sheet });
}
