/** The events of an incident: what detection decided, and the results of effects. Plain data. */
import type { EpisodeClosed, EpisodeUnanswered, Verified } from "../detection/event.ts";
import type { AckDue, Commanded, ProposalDue, SilenceDue } from "./deed.ts";
import type { Episode } from "./episode.ts";
import type { FormerFate, RunSummary, ShownPicture, TicketRef, WrittenText } from "./incident.ts";
import type { ServiceSubject } from "./subject.ts";

/** An episode of a service has ended. */
export interface ServiceEpisodeClosed extends Omit<EpisodeClosed, "model"> {
  readonly service: ServiceSubject;
}

/** The tracker has the ticket. */
export interface TicketOpened {
  readonly type: "ticket_opened";
  readonly ticket: TicketRef;
  /** Hashes of the text as the tracker stored it. */
  readonly written?: WrittenText;
  /** The tracker took no description, so an update of the ticket has to show the text. */
  readonly lacksText?: true;
  /** Why the ticket replaces a former ticket. */
  readonly formerFate?: FormerFate;
  /** People had closed the former ticket as "won't do"; this ticket is about another symptom. */
  readonly wontDo?: true;
}

/** People moved the ticket to another project, where it has another key. */
export interface TicketMoved {
  readonly type: "ticket_moved";
  /** Id of the ticket, which does not change. */
  readonly ticket: string;
  readonly key: string;
  readonly url: string;
}

/** Driftwarden has changed the summary or the description of the ticket. */
export interface TicketWritten {
  readonly type: "ticket_written";
  /** Its id. */
  readonly ticket: string;
  readonly written: WrittenText;
}

/** The picture of the incident was made, and attached where the tracker takes it. */
export interface TicketPictured {
  readonly type: "ticket_pictured";
  /** Its id. */
  readonly ticket: string;
  readonly shows: ShownPicture;
}

/** The tracker was asked for the state of the ticket of a broken incident. */
export interface TicketObserved {
  readonly type: "ticket_seen";
  /** Its id. */
  readonly ticket: string;
  readonly as: "open" | "closed" | "gone";
  /** The newest episode when the tracker was asked. An answer from before a later episode is ignored. */
  readonly episode: string;
}

/** A ticket that a person closed stays closed for a time. That time is over. */
export interface ReopenDue {
  readonly type: "reopen_due";
  /** Id of the ticket. */
  readonly ticket: string;
  /** The planned end of that time, ms since 1970. Missing in events of older programs. */
  readonly untilMs?: number;
}

/** A run was decided, or its act ended. The event holds the newest facts about it. */
export interface RunChanged {
  readonly type: "run_changed";
  readonly run: RunSummary;
}

export interface HealthChecked {
  readonly type: "health_checked";
  readonly run: string;
  readonly healthy: boolean;
  /** One sentence: what was seen. */
  readonly detail: string;
}

/** The quiet time after an episode is over. */
export interface QuietPassed {
  readonly type: "quiet_passed";
  /** The episode that had closed when the timer was set. */
  readonly episode: string;
}

/** The reason for which a run was denied may be over. */
export interface RetryDue {
  readonly type: "retry_due";
  readonly run: string;
  /** The episode that the run is for. */
  readonly episode: string;
}

/** It is time to report the changes of members. */
export interface MembersDue {
  readonly type: "members_due";
}

/** The events that the reducer takes. A quarantined record reaches it as the episode that it opens. */
export type IncidentEvent =
  | Episode
  | EpisodeClosed
  | ServiceEpisodeClosed
  | EpisodeUnanswered
  | Verified
  | TicketOpened
  | TicketMoved
  | TicketWritten
  | TicketPictured
  | TicketObserved
  | ReopenDue
  | RunChanged
  | HealthChecked
  | QuietPassed
  | MembersDue
  | Commanded
  | AckDue
  | SilenceDue
  | ProposalDue
  | RetryDue;
