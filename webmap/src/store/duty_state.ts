/** What the desk holds of its incidents beside their plans, as the server has it. */
import type { Bulletin } from "../api/bulletins";
import type { Cards } from "../api/cards";
import type { Comparison, Run } from "../api/compare";
import type { Due } from "../api/deadline";
import type { Decision } from "../api/decisions";
import type { Digest, Handover } from "../api/handover";
import type { Corrections, IncidentFile, ProposedGrade } from "../api/incident_file";
import type { LogEntry, Note } from "../api/log";
import type { Proposal, ReadingRow } from "../api/readings";
import type { Draft } from "./draft";

type Of<T> = Readonly<Record<string, T>>;

/** A report that was begun and not sent. */
export interface Unsent {
  id: string;
  kept: number;
  draft: Draft;
}

export interface Duty {
  unsent: readonly Unsent[];
  /** What the rules propose for the report that is being written. */
  proposed: ProposedGrade | null;
  /** By incident. */
  deadlines: Of<Due>;
  log: Of<readonly LogEntry[]>;
  notes: Of<readonly Note[]>;
  decisions: Of<readonly Decision[]>;
  readings: Of<readonly ReadingRow[]>;
  proposals: Of<readonly Proposal[]>;
  bulletins: Of<readonly Bulletin[]>;
  cards: Of<Cards>;
  runs: Of<readonly Run[]>;
  files: Of<IncidentFile>;
  corrections: Of<Corrections>;
  grades: Of<ProposedGrade>;
  /** The bulletin that is being read. */
  bulletin: Bulletin | null;
  comparison: Comparison | null;
  /** A decision that is about to be drafted: on a proposal, or for what was set without one. */
  deciding: {
    incident: string;
    proposal: string | null;
    says: string;
    approves: string | null;
  } | null;
  handovers: readonly Handover[] | null;
  /** Regions that one may hand a desk over for; none where it is the whole tree. */
  desks: readonly string[];
  digest: Digest | null;
}

export const noDuty: Duty = {
  unsent: [],
  proposed: null,
  deadlines: {},
  log: {},
  notes: {},
  decisions: {},
  readings: {},
  proposals: {},
  bulletins: {},
  cards: {},
  runs: {},
  files: {},
  corrections: {},
  grades: {},
  bulletin: null,
  comparison: null,
  deciding: null,
  handovers: null,
  desks: [],
  digest: null,
};
