/** What another run takes otherwise, and what it starts from. */
import type { Corrections } from "../api/incident_file";
import { windBody } from "./report";

export interface RunInputs {
  /** The run whose other inputs are kept; empty is the report as it stands. */
  base: string;
  speed: number | null;
  from: number | null;
  swing: number | null;
  engine: string;
  release: Readonly<Record<string, number | string>>;
}

export const noInputs: RunInputs = {
  base: "",
  speed: null,
  from: null,
  swing: null,
  engine: "",
  release: {},
};

/** What is named replaces what the base has; nothing named is the base once more. */
export function runBody({ base, speed, from, swing, engine, release }: RunInputs): {
  based_on?: string;
  weather?: Record<string, number>;
  release?: RunInputs["release"];
  choices?: { dispersion: string };
} {
  const weather = {
    ...windBody(speed, from),
    ...(swing === null ? {} : { wind_from_uncertainty_deg: swing }),
  };
  return {
    ...(base ? { based_on: base } : {}),
    ...(Object.keys(weather).length > 0 ? { weather } : {}),
    ...(Object.keys(release).length > 0 ? { release } : {}),
    ...(engine ? { choices: { dispersion: engine } } : {}),
  };
}

/** A plan that took another wind or release than was reported keeps it, unless that was corrected. */
export function baseOf(plan: string | null, held: Corrections | undefined): string {
  const corrected = (held?.corrections ?? [])
    .filter(({ affected }) => affected.assessments.some(({ id }) => id === plan))
    .flatMap(({ changes }) => changes.map(({ field }) => field));
  return corrected.some((field) => field === "weather" || field === "release") ? "" : (plan ?? "");
}
