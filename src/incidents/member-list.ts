/**
 * The members of a shared incident that a message names. The list is read for messages and never stored.
 */
import type { Episode, Severity } from "./episode.ts";
import type { MemberState } from "./member.ts";

/** How many members a message names. It counts the other ones. */
export const namedMembers = 20;

export interface ListedMember {
  readonly state: MemberState;
  readonly severity: Severity;
  readonly episode: Episode;
}

export interface MemberList {
  /** At most 20 members: broken ones first, then by importance. */
  readonly named: readonly ListedMember[];
  /** Known models of the source; 0 where none is known. */
  readonly sourceModels: number;
}
