/** The incident, which is what people see. Plain data. The reducer changes it, and IncidentSet when it merges two. */
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

/** open: something is wrong now · recovered: back to normal, waiting to be sure · resolved: over. */
export const incidentStates = ["open", "recovered", "resolved"] as const;
export type IncidentState = (typeof incidentStates)[number];

export interface TicketRef {
  readonly id: string;
  readonly key: string;
  readonly url: string;
}

/** Why another ticket goes on from a ticket. */
export type FormerFate = "gone" | "closed" | "wont_do";

/** A ticket that another one goes on from. */
export interface FormerTicket extends TicketRef {
  /** Left out by an older program. */
  readonly fate?: FormerFate;
  /** When it was replaced, ms since 1970. */
  readonly atMs: number;
}

/** Hashes of what the tracker returned after our last write. A different text now was edited by a person. */
export interface WrittenText {
  readonly summary: string;
  readonly description: string;
  /** Of fields that a route keeps up to date, by their ids; left out where there are none. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** What the ticket shows of the features to blame: a picture by the name of its file, or lines of text. */
export type ShownPicture =
  | {
      readonly file: string;
      /** What `[1]`, `[2]` … stand for in the picture; left out where it shows every name. */
      readonly names?: readonly string[];
      readonly lines?: never;
    }
  | { readonly lines: readonly string[]; readonly file?: never };

/** Somebody closed or deleted the ticket while something is broken. */
export interface ClosedByHand {
  /** When it was noticed, ms since 1970. */
  readonly atMs: number;
  /** Until when the ticket is left closed. */
  readonly untilMs: number;
}

/**
 * observed: would have run, but the fix is in mode observe · proposed: waits for approval · declined: a person said no
 * · void: nobody answered in time, it was back to normal, the facts were too old, or what was approved has changed.
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

/** What else broke while a run was being judged. */
export interface Worsening {
  /** When it was first seen, ms since 1970. */
  readonly atMs: number;
  readonly rise?: { readonly from: Severity; readonly to: Severity };
  /** Features that were not to blame before, at most 10. */
  readonly features: readonly string[];
  /** A kind of trouble that was not there before. */
  readonly kind?: IncidentKind;
}

/** Runs that helped within the seven days before it broke again. */
export interface HelpedBefore {
  /** Names of their fixes, each once. */
  readonly fixes: readonly string[];
  readonly times: number;
  /** How long it stayed well after each, ms: the shortest, the median and the longest. */
  readonly wellForMs: readonly [number, number, number];
}

/** One attempt of a fix, as the incident remembers it. */
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
  /** The episode that it is for; left out where an older program decided it. */
  readonly episode?: string;
  readonly outcome?: "recovered" | "not_recovered" | "inconclusive" | "failed" | "unknown";
  /** What people were asked and what they answered; left out where nobody was asked. */
  readonly proposal?: AnsweredProposal | undefined;
  /** It got worse while it was being judged; left out when it did not. */
  readonly worse?: Worsening;
  /** Neither this run nor the one before it helped, so the next run of the fix needs approval. */
  readonly opensBreaker?: true | undefined;
  /** The model is being asked whether it is still anomalous, because the evidence has become old. */
  readonly asked?: true | undefined;
  /** Who asked for the run; left out where the incident matched the fix. */
  readonly wish?: RunWish | undefined;
}

export interface SaidSeverity {
  /** What was broken when it was said. */
  readonly kinds: readonly IncidentKind[];
  readonly members: number;
}

export interface MembersTold {
  /** A timer will bring the ticket up to date. */
  readonly due: boolean;
  /** An open ticket was asked for already since the timer began. */
  readonly ensured?: true;
  /** How many broken members the ticket, or the last comment about growth, reported. */
  readonly said: number;
}

/**
 * The kinds of news that get a mail. question: nobody has said whether it is right · proposal: a run waits for approval
 * · result: how a run ended · worse · picture · escalation: a fix did not help twice in a row.
 */
export type Owed = "question" | "proposal" | "result" | "worse" | "picture" | "escalation";

/** The mails that the watchers of the ticket have got. */
export interface Mails {
  /** Since the first ticket: for opening, reopening, closing, a picture, and each comment that this aspect sent. */
  readonly sent: number;
  /** What has been told since the ticket was last opened. */
  readonly said: readonly Owed[];
}

export interface Incident {
  readonly id: string;
  /** Counts up from 1 across the store; people name the incident by it. */
  readonly number: number;
  /** Of its first member, see `fingerprint.ts`. */
  readonly fingerprint: string;
  /** Its first member. */
  readonly subject: Subject;
  readonly severity: Severity;
  /** What was broken when a person set the severity. It does not rise until more breaks. */
  readonly saidSeverity?: SaidSeverity | undefined;
  readonly state: IncidentState;
  readonly openedAtMs: number;
  readonly lastSeenAtMs: number;
  readonly resolvedAtMs?: number | undefined;
  /** How many members are in each state. Each member is stored in its own row, so that no event rewrites them all. */
  readonly members: MemberCounts;
  readonly group: Group;
  /** Id of the incident that it has become a part of. */
  readonly partOf?: string;
  /** Episodes that opened in it; 1 at first. */
  readonly occurrences: number;
  readonly kinds: readonly IncidentKind[];
  /** The newest episode, as it was when it opened. */
  readonly episode: Episode;
  readonly ticket?: TicketRef;
  /** When a new ticket was promised, ms since 1970. The budget of new tickets counts by it. */
  readonly ticketPromisedAtMs?: number | undefined;
  readonly mails?: Mails;
  /** Why the last broken member recovered; undefined while one is broken. */
  readonly endedBy?: EpisodeClosed["cause"] | undefined;
  /** What people were told about the members. */
  readonly telling?: MembersTold | undefined;
  readonly written?: WrittenText | undefined;
  readonly picture?: ShownPicture | undefined;
  readonly closedByHand?: ClosedByHand | undefined;
  /** Oldest first, at most 10. */
  readonly formerTickets?: readonly FormerTicket[];
  /** A digest lists it: it was over before it had a ticket, or was beyond the budget of new tickets. */
  readonly inDigest?: true | undefined;
  /** The silence that covers it; left out where there is none. */
  readonly silence?: Silence | undefined;
  /** A silence kept its ticket from being opened. */
  readonly heldBack?: true | undefined;
  /** The symptoms that were seen, oldest first, at most 50; left out by an older program. */
  readonly symptoms?: readonly SeenSymptom[];
  /** What people said to it; left out where nobody did. */
  readonly people?: PeopleSaid;
  /** Filled only when the incident is read for a message; never stored. */
  readonly memberList?: MemberList;
  /** Filled only for a message, and only where a run had helped before; never stored. */
  readonly helpedBefore?: HelpedBefore | undefined;
  /** The team that a person named for its model. Filled only for a message; never stored. */
  readonly team?: GivenTeam | undefined;
  /** What people said, with the texts. Filled only for a message; never stored. */
  readonly told?: readonly ToldWord[];
  /** How the tracker shows the accounts in it. Filled only for a message; never stored. */
  readonly names?: ReadonlyMap<string, string>;
  /** Newest last; the newest 20, and every run that waits for approval. */
  readonly runs: readonly RunSummary[];
}
