/** The effects that an incident can promise. They are stored with the decision and carried out later, once. */
import type { EpisodeClosed } from "../detection/event.ts";
import type { MarkerRecord } from "../stream/record.ts";
import type { JudgedRun } from "./breaker.ts";
import type { Episode, Severity } from "./episode.ts";
import type { RunSummary, TicketRef } from "./incident.ts";
import type { Proposal, RunWish } from "./proposal.ts";
import type { Silence } from "./silence.ts";

/** What a comment on the ticket is about; the text is in src/messages/note-text.ts. Each comment mails all watchers. */
export type Note =
  | { readonly about: "run"; readonly run: RunSummary }
  | { readonly about: "verified"; readonly run: RunSummary; readonly detail: string }
  /** The run did not help, nor did the run of its fix before: a person has to look. */
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
  /** The episode has lasted for `forMs`, and nobody has said whether it is right. */
  | { readonly about: "unanswered"; readonly episode: Episode; readonly forMs: number }
  /** Many more members are broken than the ticket reported. */
  | { readonly about: "grown"; readonly atMs: number }
  /** Somebody closed the ticket while something is broken. */
  | { readonly about: "closed_by_hand"; readonly untilMs: number }
  /** Nothing happened for the time that an acknowledgement lasts. */
  | { readonly about: "ack_lapsed"; readonly by: string }
  /** A run waits for a person's word. */
  | { readonly about: "proposal"; readonly run: RunSummary; readonly proposal: Proposal }
  /** The time of a silence is over, and the incident goes on. */
  | { readonly about: "silence_over"; readonly silence: Silence };

/** A note that an older program may have promised. It gets no comment: the update of the ticket reports it. */
export interface FormerNote {
  readonly about: "joined";
}

/** The severity differs from what the ticket says: it rose by itself, or a person set it. */
export interface Rise {
  readonly from: Severity;
  readonly to: Severity;
  /** Who set it, up or down. The answer to the command tells it, so there is no comment. */
  readonly by?: string;
}

/** Effects on the ticket. */
export type TicketEffect =
  /** Create the ticket, or reopen the one that the incident already has. */
  | { readonly kind: "ticket.open" }
  /** An effect that an older program may have promised. It is carried out as `ticket.update`. */
  | { readonly kind: "ticket.repeat" }
  | { readonly kind: "ticket.comment"; readonly note: Note | FormerNote }
  | { readonly kind: "ticket.resolve" }
  /** Make sure that an open ticket exists while something is broken: reopen it, or open one that goes on from it. */
  | { readonly kind: "ticket.ensure" }
  /** Bring title, text, label and priority up to date. A rise that is not quiet also gets a comment. */
  | { readonly kind: "ticket.update"; readonly rise?: Rise; readonly quiet?: true }
  /** Reopen the closed ticket of an incident that is not broken, because a person asked for it. */
  | { readonly kind: "ticket.open_again" }
  /** Assign the ticket to an account; null: to nobody. */
  | { readonly kind: "ticket.assign"; readonly account: string | null }
  /** Say on the former ticket that this one goes on from it. */
  | { readonly kind: "ticket.link"; readonly former: TicketRef };

/** Attach the picture of an episode to the ticket. */
export interface PictureEffect {
  readonly kind: "ticket.picture";
  /** Id of the episode that it was promised for. */
  readonly episode: string;
}

/** What fixes are to do. */
export type RunEffect =
  | {
      readonly kind: "run.start";
      readonly fix: string;
      readonly episode: string;
      /** Time of the model's newest row when it was asked again after a denial, ms since 1970. */
      readonly newestRowMs?: number;
      /** Id of the proposal that people have approved. */
      readonly approved?: string;
      /** A person wants a void run proposed again. */
      readonly again?: true;
      /** The run is one that a person has asked for. */
      readonly wish?: RunWish;
    }
  | { readonly kind: "run.check_health"; readonly run: string };

/** Records for the stream: questions to the model's own detectors, and markers. */
export type QuestionEffect =
  /** Whether a run helped. */
  | { readonly kind: "run.ask_model"; readonly run: string }
  /** A marker that a person's command announces. */
  | { readonly kind: "stream.append"; readonly record: MarkerRecord }
  /** Whether the model is still anomalous, for a run that waits. `atMs` makes each question a new one. */
  | { readonly kind: "run.ask_again"; readonly run: string; readonly atMs: number };

export type TimerEffect =
  /** Resolve the incident if it stayed quiet. */
  | { readonly kind: "incident.settle"; readonly episode: string }
  /** Report all changes of members since the last report together. */
  | { readonly kind: "incident.tell_members" }
  /** Ask whether somebody still has the incident. */
  | { readonly kind: "incident.ack_lapse"; readonly command: string }
  /** End a silence, and report what is still broken. */
  | { readonly kind: "incident.silence_over"; readonly command: string }
  /** Reopen the ticket: the time is over for which closing it by hand is respected. */
  | {
      readonly kind: "ticket.reopen";
      readonly ticket: string;
      /** When that time is over, ms since 1970; left out by an older program. */
      readonly untilMs?: number;
    }
  /** The time in which a proposal can be answered is over. */
  | { readonly kind: "run.proposal_over"; readonly run: string; readonly proposal: string }
  /** Ask again for a run that was denied for now. */
  | { readonly kind: "run.retry"; readonly run: string; readonly episode: string };

/** Promised in the outbox with the decision, carried out later, once. */
export type IncidentEffect =
  | TicketEffect
  | PictureEffect
  | RunEffect
  | QuestionEffect
  | TimerEffect;
