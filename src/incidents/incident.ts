/** The incident, which is what people see. Plain data that only the reducer changes. */
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

/** A ticket that another one goes on from. */
export interface FormerTicket extends TicketRef {
  /** When it was replaced, ms since 1970. */
  readonly atMs: number;
}

/** Hashes of what the tracker returned after our last write. Where it returns something else now, people edited it. */
export interface WrittenText {
  readonly summary: string;
  readonly description: string;
}

/** What the ticket shows of the features to blame: a picture by the name of its file, or lines of text. */
export type ShownPicture =
  | { readonly file: string; readonly lines?: never }
  | { readonly lines: readonly string[]; readonly file?: never };

/** Somebody closed or deleted the ticket while something is broken. */
export interface ClosedByHand {
  /** When it was noticed, ms since 1970. */
  readonly atMs: number;
  /** Until when that is respected. */
  readonly untilMs: number;
}

/**
 * observed: would have run, but the fix is in mode observe · proposed: waits for a person's word · declined: a person
 * said no · void: nobody answered in time, or what was asked for has changed.
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

/** What broke further while a run was being judged. */
export interface Worsening {
  /** When it was first seen, ms since 1970. */
  readonly atMs: number;
  readonly rise?: { readonly from: Severity; readonly to: Severity };
  /** Features that were not to blame before, at most 10. */
  readonly features: readonly string[];
  /** A kind of trouble that was not there before. */
  readonly kind?: IncidentKind;
}

/** Runs that helped within the last seven days before it broke again. */
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
  /** Denied for now: when it is asked for again, ms since 1970; left out when it is not. */
  readonly retryAtMs?: number | undefined;
  /** One sentence: what was done, or why not. */
  readonly detail: string;
  /** The episode that it is for; left out where an older program decided it. */
  readonly episode?: string;
  readonly outcome?: "recovered" | "not_recovered" | "inconclusive" | "failed" | "unknown";
  /** What people were asked, and have answered; left out where nobody was. */
  readonly proposal?: AnsweredProposal | undefined;
  /** It got worse while it was being judged; left out when it did not. */
  readonly worse?: Worsening;
  /** It did not help, nor did the run of its fix before it: the next one asks a person. */
  readonly opensBreaker?: true | undefined;
  /** The model is being asked whether it is still anomalous, because the evidence has become old. */
  readonly asked?: true | undefined;
  /** Who asked for it; left out where the incident called for the fix. */
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
  /** Of so many broken members the ticket, or the last comment, spoke. */
  readonly said: number;
}

/**
 * What is owed a mail: a picture, that somebody is asked, that a run waits for a word, what came of a run, that it is
 * worse, that a fix does not help.
 */
export type Owed = "question" | "proposal" | "result" | "worse" | "picture" | "escalation";

/** The mails that an incident has cost those who watch its ticket. */
export interface Mails {
  /** Since its first ticket: opened, reopened, closed, and comments. */
  readonly sent: number;
  /** What comments have said since the ticket was last opened. */
  readonly said: readonly Owed[];
}

export interface Incident {
  readonly id: string;
  /** Counts up from 1 across the store: what people say aloud. */
  readonly number: number;
  /** Of its first member: 20 hex digits of sha256 over tenant, environment and subject. */
  readonly fingerprint: string;
  /** Its first member. */
  readonly subject: Subject;
  readonly severity: Severity;
  /** A person's word on it: a ceiling until more breaks than did then. */
  readonly saidSeverity?: SaidSeverity | undefined;
  readonly state: IncidentState;
  readonly openedAtMs: number;
  readonly lastSeenAtMs: number;
  readonly resolvedAtMs?: number | undefined;
  /** How many members are in each state. Their rows are stored apart, so that no event rewrites them all. */
  readonly members: MemberCounts;
  readonly group: Group;
  /** Id of the incident that it has become a part of. */
  readonly partOf?: string;
  /** Episodes that opened in it; 1 at first. */
  readonly occurrences: number;
  readonly kinds: readonly IncidentKind[];
  /** The newest episode, as decided when it opened. */
  readonly episode: Episode;
  readonly ticket?: TicketRef;
  /** When its first ticket was promised, ms since 1970: budgets of new tickets count by it. */
  readonly ticketPromisedAtMs?: number | undefined;
  readonly mails?: Mails;
  /** Why its last member is not broken any more; undefined while one is. */
  readonly endedBy?: EpisodeClosed["cause"] | undefined;
  /** What people were told of its members. */
  readonly telling?: MembersTold | undefined;
  readonly written?: WrittenText | undefined;
  readonly picture?: ShownPicture | undefined;
  readonly closedByHand?: ClosedByHand | undefined;
  /** Oldest first, at most 10. */
  readonly formerTickets?: readonly FormerTicket[];
  /** It was over before it had a ticket, so the digest tells of it. */
  readonly inDigest?: true | undefined;
  /** Nothing is told of what it covers; left out where there is none. */
  readonly silence?: Silence | undefined;
  /** A silence kept its ticket from being opened. */
  readonly heldBack?: true | undefined;
  /** What was seen of it, oldest first; left out by an older program. */
  readonly symptoms?: readonly SeenSymptom[];
  /** What people said to it; left out where nobody did. */
  readonly people?: PeopleSaid;
  /** Only where it was read to be told; never stored. */
  readonly memberList?: MemberList;
  /** Only where it was read to be told; left out when it breaks for the first time. Never stored. */
  readonly helpedBefore?: HelpedBefore | undefined;
  /** The team of its model, as a person said; only where it was read to be told. Never stored. */
  readonly team?: GivenTeam | undefined;
  /** What people said, with the texts; only where it was read to be told. */
  readonly told?: readonly ToldWord[];
  /** How the tracker shows the accounts that it names; only where it was read to be told. */
  readonly names?: ReadonlyMap<string, string>;
  /** Newest last, at most 20. */
  readonly runs: readonly RunSummary[];
}
