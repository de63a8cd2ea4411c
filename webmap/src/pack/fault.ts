/** Why a pack is not opened: a code with words in both languages, and what was got. */

export const FAULTS = [
  "not_a_pack",
  "damaged",
  "compressed",
  "encrypted",
  "name",
  "duplicate",
  "overlap",
  "too_many",
  "manifest",
  "version",
  "signature",
  "signature_missing",
  "part_missing",
  "part_unknown",
  "part_size",
  "part_digest",
  "part_invalid",
  "too_large",
  "insecure",
  "gone",
  "signer",
  "feature",
  "storage",
  "busy",
  "changed",
] as const;
export type Fault = (typeof FAULTS)[number];

export class PackError extends Error {
  constructor(
    readonly fault: Fault,
    readonly params: Readonly<Record<string, string | number>> = {},
  ) {
    super([fault, ...Object.entries(params).map(([key, value]) => `${key}=${value}`)].join(" "));
    this.name = "PackError";
  }
}
