/**
 * The incident, which is what people see. Plain data. Only the reducer changes it, and IncidentSet when it merges two.
 */
import type { EpisodeClosed } from "../detection/event.ts";
import type { PeopleSaid, ToldWord } from "./deed.ts";
import type { Episode, IncidentKind, Severity } from "./episode.ts";
import type { GivenTeam } from "./given-team.ts";
import type { Group, MemberCounts } from "./member.ts";
import type { MemberList } from "./member-list.ts";
import type { AnsweredProposal, RunWish } from "./proposal.ts";
import type { Silence } from "./silence.ts";
import type { Subject } from "./subject.ts";
import type { SeenSymptom } from "./symptom.ts";

/** open: something is broken now · recovered: back to normal, in the quiet time · resolved: over. */
export const incidentStates = ["open", "recovered", "resolved"] as const;
export type IncidentState = (typeof incidentStates)[number];

export interface TicketRef {
  readonly id: string;
  readonly key: string;
  readonly url: string;
}

/** Why another ticket replaced a ticket. */
export type FormerFate = "gone" | "closed" | "wont_do";

/** A ticket that another one replaced. */
export interface FormerTicket extends TicketRef {
  /** Left out by an older program. */
  readonly fate?: FormerFate;
  /** When it was replaced, ms since 1970. */
  readonly atMs: number;
}

/**
 * Hashes of the text that the tracker returned after our last write. If its text differs now, a person has edited it.
 */
export interface WrittenText {
  readonly summary: string;
  readonly description: string;
  /** Hashes of the fields that a route updates, by their ids; left out where there are none. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** How the ticket shows the features to blame: a picture with the name of its file, or lines of text. */
export type ShownPicture =
  | {
      readonly file: string;
      /** The names for which `[1]`, `[2]` … stand in the picture; left out where it shows every name. */
      readonly names?: readonly string[];
      readonly lines?: never;
    }
  | { readonly lines: readonly string[]; readonly file?: never };

/** Somebody closed or deleted the ticket while something is broken. */
export interface ClosedByHand {
  /** When it was noticed, ms since 1970. */
  readonly atMs: number;
  /** Until when the ticket stays closed, ms since 1970. */
  readonly untilMs: number;
}

/**
 * observed: would have run, but the fix is in mode observe · proposed: waits for approval · declined: a person declined
 * it · void: nobody answered in time, it was back to normal, the facts were too old, or what was approved has changed.
 */
export const runStatuses = [
  "observed",
  "denied",
  "proposed",
  "declined",
  "void",
  "acting",
  "acted",
  "failed",
  "unknown",
] as const;
export type RunStatus = (typeof runStatuses)[number];

/** Faults that began while a run was being judged. */
export interface Worsening {
  /** When it was first seen, ms since 1970. */
  readonly atMs: number;
  readonly rise?: { readonly from: Severity; readonly to: Severity };
  /** Features that were not to blame before, at most 10. */
  readonly features: readonly string[];
  /** A kind of fault that the incident did not have before. */
  readonly kind?: IncidentKind;
}

/** Runs that helped within seven days before the fault came back. */
export interface HelpedBefore {
  /** Names of their fixes, each once. */
  readonly fixes: readonly string[];
  readonly times: number;
  /** How long the subject stayed normal after each run, ms: the shortest, the median and the longest time. */
  readonly wellForMs: readonly [number, number, number];
}

/** One attempt of a fix, as the incident stores it. */
export interface RunSummary {
  readonly id: string;
  readonly fix: string;
  readonly remediation: string;
  /** Name of the target; undefined when none was resolved. */
  readonly target: string | undefined;
  readonly atMs: number;
  readonly status: RunStatus;
  /** The gate that denied it. */
  readonly gate?: string;
  /** When a run that was denied for now is tried again, ms since 1970; left out when it is not. */
  readonly retryAtMs?: number | undefined;
  /** One sentence: what was done, or why not. */
  readonly detail: string;
  /** Id of the episode of the run; left out where an older program decided it. */
  readonly episode?: string;
  readonly outcome?: "recovered" | "not_recovered" | "inconclusive" | "failed" | "unknown";
  /** What people were asked and what they answered; left out where nobody was asked. */
  readonly proposal?: AnsweredProposal | undefined;
  /** What became worse while the run was being judged; left out when nothing did. */
  readonly worse?: Worsening;
  /** Neither this run nor the one before it helped, so the next run of the fix needs approval. */
  readonly opensBreaker?: true | undefined;
  /** The model is being asked whether it is still anomalous, because the evidence has become old. */
  readonly asked?: true | undefined;
  /** Who asked for the run; left out where the incident matched the fix. */
  readonly wish?: RunWish | undefined;
}

export interface SaidSeverity {
  /** The faults of the incident when a person set the severity. */
  readonly kinds: readonly IncidentKind[];
  readonly members: number;
}

export interface MembersTold {
  /** Whether a timer will update the ticket. */
  readonly due: boolean;
  /** An open ticket was already requested since the timer began. */
  readonly ensured?: true;
  /** How many broken members the ticket, or the last comment about growth, reported. */
  readonly said: number;
}

/**
 * The kinds of news that get a mail. question: nobody has given a verdict · proposal: a run waits for approval ·
 * result: how a run ended · worse · picture · escalation: a fix did not help twice in a row.
 */
export type Owed = "question" | "proposal" | "result" | "worse" | "picture" | "escalation";

/** The mails that the watchers of the ticket have received. */
export interface Mails {
  /**
   * Mails since the first ticket: for opening, reopening, closing, a picture, and each comment of the aspect of
   * comments.
   */
  readonly sent: number;
  /** Kinds of news that were reported since the ticket was last opened. */
  readonly said: readonly Owed[];
}

export interface Incident {
  readonly id: string;
  /** Counts up from 1 across the store; people name the incident by it. */
  readonly number: number;
  /** Fingerprint of its first member, see `fingerprint.ts`. */
  readonly fingerprint: string;
  /** Its first member. */
  readonly subject: Subject;
  readonly severity: Severity;
  /** The faults when a person set the severity. The severity does not rise until more breaks. */
  readonly saidSeverity?: SaidSeverity | undefined;
  readonly state: IncidentState;
  readonly openedAtMs: number;
  readonly lastSeenAtMs: number;
  readonly resolvedAtMs?: number | undefined;
  /** How many members are in each state. Each member is stored in its own row, so that no event rewrites them all. */
  readonly members: MemberCounts;
  readonly group: Group;
  /** Id of the incident into which it was merged. */
  readonly partOf?: string;
  /** Episodes that opened in it; 1 at first. */
  readonly occurrences: number;
  readonly kinds: readonly IncidentKind[];
  /** The newest episode, as it was when it opened. */
  readonly episode: Episode;
  readonly ticket?: TicketRef;
  /** When a new ticket was planned, ms since 1970. The budget of new tickets counts by this time. */
  readonly ticketPromisedAtMs?: number | undefined;
  readonly mails?: Mails;
  /** Why the last broken member recovered; undefined while one is broken. */
  readonly endedBy?: EpisodeClosed["cause"] | undefined;
  /** What the ticket has reported about the members. */
  readonly telling?: MembersTold | undefined;
  readonly written?: WrittenText | undefined;
  readonly picture?: ShownPicture | undefined;
  readonly closedByHand?: ClosedByHand | undefined;
  /** Oldest first, at most 10. */
  readonly formerTickets?: readonly FormerTicket[];
  /** A digest lists the incident, because it ended before it had a ticket, or exceeded the budget of new tickets. */
  readonly inDigest?: true | undefined;
  /** The silence that covers it; left out where there is none. */
  readonly silence?: Silence | undefined;
  /** A silence kept its ticket from being opened. */
  readonly heldBack?: true | undefined;
  /** The symptoms that were seen, oldest first, at most 50; left out by an older program. */
  readonly symptoms?: readonly SeenSymptom[];
  /** What people did to it by commands; left out where nobody gave one. */
  readonly people?: PeopleSaid;
  /** Filled only when the incident is read for a message; never stored. */
  readonly memberList?: MemberList;
  /** Runs that helped before. Filled only for a message; never stored. */
  readonly helpedBefore?: HelpedBefore | undefined;
  /** The team that a person named for its model. Filled only for a message; never stored. */
  readonly team?: GivenTeam | undefined;
  /** People's texts. Filled only for a message; never stored. */
  readonly told?: readonly ToldWord[];
  /** Shown names of the accounts in the incident. Filled only for a message; never stored. */
  readonly names?: ReadonlyMap<string, string>;
  /** The newest 20 runs and every run that waits for approval; newest last. */
  readonly runs: readonly RunSummary[];
}
