/** The effects that an incident can plan. They are stored with the decision and carried out later, once. */
import type { EpisodeClosed } from "../detection/event.ts";
import type { MarkerRecord } from "../stream/record.ts";
import type { JudgedRun } from "./breaker.ts";
import type { Episode, Severity } from "./episode.ts";
import type { RunSummary, TicketRef } from "./incident.ts";
import type { Proposal, RunWish } from "./proposal.ts";
import type { Silence } from "./silence.ts";

/**
 * The topic of a comment on the ticket. src/messages/note-text.ts writes its text. Each comment sends a mail to all
 * watchers.
 */
export type Note =
  | { readonly about: "run"; readonly run: RunSummary }
  | { readonly about: "verified"; readonly run: RunSummary; readonly detail: string }
  /** Neither the run nor the previous run of its fix helped, so a person has to investigate. */
  | {
      readonly about: "escalated";
      readonly run: RunSummary;
      readonly detail: string;
      readonly before: JudgedRun;
    }
  | {
      readonly about: "closed";
      readonly cause: EpisodeClosed["cause"];
      readonly atMs: number;
    }
  /** The episode has lasted for `forMs`, and nobody has given a verdict. */
  | { readonly about: "unanswered"; readonly episode: Episode; readonly forMs: number }
  /** Many more members are broken than the ticket reported. */
  | { readonly about: "grown"; readonly atMs: number }
  /** Somebody closed the ticket while something is broken. */
  | { readonly about: "closed_by_hand"; readonly untilMs: number }
  /** An acknowledgement lapsed, because nothing happened in its time. */
  | { readonly about: "ack_lapsed"; readonly by: string }
  /** A run waits for approval. */
  | { readonly about: "proposal"; readonly run: RunSummary; readonly proposal: Proposal }
  /** The time of a silence is over, and the incident is still open. */
  | { readonly about: "silence_over"; readonly silence: Silence };

/** A note that an older program may have stored. It gets no comment, because the update of the ticket reports it. */
export interface FormerNote {
  readonly about: "joined";
}

/** A change from the severity on the ticket: it rose by itself, or a person set it. */
export interface Rise {
  readonly from: Severity;
  readonly to: Severity;
  /** The person who set it, up or down. The answer to the command reports it, so there is no comment. */
  readonly by?: string;
}

/** Effects on the ticket. */
export type TicketEffect =
  /** Creates the ticket, or reopens the one that the incident already has. */
  | { readonly kind: "ticket.open" }
  /** An effect that an older program may have stored. It is carried out as `ticket.update`. */
  | { readonly kind: "ticket.repeat" }
  | { readonly kind: "ticket.comment"; readonly note: Note | FormerNote }
  | { readonly kind: "ticket.resolve" }
  /** Makes sure that an open ticket exists while something is broken. It reopens the ticket, or opens a successor. */
  | { readonly kind: "ticket.ensure" }
  /** Updates title, text, label and priority. A rise that is not quiet also gets a comment. */
  | { readonly kind: "ticket.update"; readonly rise?: Rise; readonly quiet?: true }
  /** Reopens the closed ticket of an incident that is not broken, because a person asked for it. */
  | { readonly kind: "ticket.open_again" }
  /** Assigns the ticket to an account; null removes the assignee. */
  | { readonly kind: "ticket.assign"; readonly account: string | null }
  /** Comments on the former ticket that this one replaces it. */
  | { readonly kind: "ticket.link"; readonly former: TicketRef };

/** Attaches the picture of an episode to the ticket. */
export interface PictureEffect {
  readonly kind: "ticket.picture";
  /** Id of the episode for which the picture was planned. */
  readonly episode: string;
}

/** Effects on runs of fixes. */
export type RunEffect =
  | {
      readonly kind: "run.start";
      readonly fix: string;
      readonly episode: string;
      /** Time of the model's newest row at the repeated question after a denial, ms since 1970. */
      readonly newestRowMs?: number;
      /** Id of the proposal that people have approved. */
      readonly approved?: string;
      /** A person wants a void run proposed again. */
      readonly again?: true;
      /** The request of a person for this run. */
      readonly wish?: RunWish;
    }
  | { readonly kind: "run.check_health"; readonly run: string };

/** Records for the stream: questions to the model's own detectors, and markers. */
export type QuestionEffect =
  /** Asks whether a run helped. */
  | { readonly kind: "run.ask_model"; readonly run: string }
  /** A marker that a person's command announces. */
  | { readonly kind: "stream.append"; readonly record: MarkerRecord }
  /** Asks whether the model is still anomalous, for a waiting run. `atMs` gives each question its own id. */
  | { readonly kind: "run.ask_again"; readonly run: string; readonly atMs: number };

export type TimerEffect =
  /** Resolves the incident if no episode has opened in the quiet time. */
  | { readonly kind: "incident.settle"; readonly episode: string }
  /** Reports together all changes of members since the last report. */
  | { readonly kind: "incident.tell_members" }
  /** Asks whether somebody is still responsible for the incident. */
  | { readonly kind: "incident.ack_lapse"; readonly command: string }
  /** Ends a silence, and reports what is still broken. */
  | { readonly kind: "incident.silence_over"; readonly command: string }
  /** Reopens the ticket, because the time is over for which it stays closed by hand. */
  | {
      readonly kind: "ticket.reopen";
      readonly ticket: string;
      /** End of that time, ms since 1970; an older program left it out. */
      readonly untilMs?: number;
    }
  /** The time in which a proposal can be answered is over. */
  | { readonly kind: "run.proposal_over"; readonly run: string; readonly proposal: string }
  /** Tries a run again that was denied for now. */
  | { readonly kind: "run.retry"; readonly run: string; readonly episode: string };

/** Stored in the outbox with the decision, and carried out later, once. */
export type IncidentEffect =
  | TicketEffect
  | PictureEffect
  | RunEffect
  | QuestionEffect
  | TimerEffect;
