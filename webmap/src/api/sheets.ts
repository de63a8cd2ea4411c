/** The calculation sheet of a plan: what is kept, who has signed, where it is printed. */
import type { Assessment } from "./assessment";
import { request } from "./client";
import { fallback, list, optional, type Read, shape, text } from "./read";

const signature = shape({ role: text, user: text, name: optional(text), at: text });

export const sheet = shape({
  id: text,
  assessment: text,
  state: text,
  next_role: optional(text),
  input_hash: fallback(text, ""),
  body_hash: fallback(text, ""),
  signed_at: optional(text),
  signatures: fallback(list(signature), []),
});
export type Sheet = Read<typeof sheet>;

export function sheetAddress({ incident, id }: Pick<Assessment, "incident" | "id">): string {
  return `/api/v1/incidents/${incident}/assessments/${id}/sheet`;
}

export const getSheet = (plan: Assessment) => request(sheetAddress(plan), sheet);

/** Freeze the sheet as it reads now, to be signed. */
export const keepSheet = (plan: Assessment) =>
  request(sheetAddress(plan), sheet, { method: "POST", body: {} });

/** Sign the content that was read: another content is refused. */
export const signSheet = (plan: Assessment, role: string, body_hash: string) =>
  request(`${sheetAddress(plan)}/signatures`, sheet, {
    method: "POST",
    body: { role, body_hash },
  });
