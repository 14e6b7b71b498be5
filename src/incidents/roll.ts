/**
 * The roll of a shared incident: the members that people are shown by name. It is read for messages and never stored.
 */
import type { Episode, Severity } from "./episode.ts";
import type { MemberState } from "./member.ts";

/** So many members are named; the rest is counted. */
export const namedMembers = 20;

export interface RollLine {
  readonly state: MemberState;
  readonly severity: Severity;
  readonly episode: Episode;
}

export interface Roll {
  /** Broken ones first, then by importance; at most 20. */
  readonly named: readonly RollLine[];
  /** Known models of the source; 0 where none is known. */
  readonly sourceModels: number;
}
