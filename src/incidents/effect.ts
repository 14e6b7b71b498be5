/** The effects that an incident can promise. They are stored with the decision and carried out later, once. */
import type { EpisodeClosed } from "../detection/event.ts";
import type { MarkerRecord } from "../stream/record.ts";
import type { JudgedRun } from "./breaker.ts";
import type { Episode, Severity } from "./episode.ts";
import type { RunSummary, TicketRef } from "./incident.ts";
import type { Proposal, RunWish } from "./proposal.ts";
import type { Silence } from "./silence.ts";

/** What a comment on the ticket is about; tickets/ finds the words. Each comment is a mail to everybody who watches it. */
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
  /** The episode has lasted so long, and nobody has said whether it is right. */
  | { readonly about: "unanswered"; readonly episode: Episode; readonly forMs: number }
  /** Many more members are broken than people were told of. */
  | { readonly about: "grown"; readonly atMs: number }
  /** Somebody closed the ticket while something is broken. */
  | { readonly about: "closed_by_hand"; readonly untilMs: number }
  /** Nothing happened for so long that who had it is asked. */
  | { readonly about: "ack_lapsed"; readonly by: string }
  /** A run waits for a person's word. */
  | { readonly about: "proposal"; readonly run: RunSummary; readonly proposal: Proposal }
  /** The time of a silence is over, and the incident goes on. */
  | { readonly about: "silence_over"; readonly silence: Silence };

/** As an older program may have promised it: a further kind of trouble, which the update tells. */
export interface FormerNote {
  readonly about: "joined";
}

/** The incident is worse than the ticket says. */
export interface Rise {
  readonly from: Severity;
  readonly to: Severity;
  /** The person whose word it is, up or down; they are answered, so no comment tells it. */
  readonly by?: string;
}

/** What a tracker is to be told. */
export type TicketEffect =
  /** Create the ticket; or reopen the one this incident already has. */
  | { readonly kind: "ticket.open" }
  /** As an older program may have promised it: what the update tells. */
  | { readonly kind: "ticket.repeat" }
  | { readonly kind: "ticket.comment"; readonly note: Note | FormerNote }
  | { readonly kind: "ticket.resolve" }
  /** While something is broken there is a ticket that is not closed: reopen it, or open one that goes on from it. */
  | { readonly kind: "ticket.ensure" }
  /** Keep title, text, label and priority true; with a rise, say why, unless it is a quiet one. */
  | { readonly kind: "ticket.update"; readonly rise?: Rise; readonly quiet?: true }
  /** Open the closed ticket of what is over, because a person wants it. */
  | { readonly kind: "ticket.open_again" }
  /** Give the ticket to a person; null: to nobody. */
  | { readonly kind: "ticket.assign"; readonly account: string | null }
  /** Tell the former ticket that this one goes on from it. */
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
      /** The model was asked again after a denial, and its newest row was so new then, ms since 1970. */
      readonly newestRowMs?: number;
      /** Id of the proposal that people have approved. */
      readonly approved?: string;
      /** A person wants a run proposed again that is void. */
      readonly again?: true;
      /** The run is one that a person has asked for. */
      readonly wish?: RunWish;
    }
  | { readonly kind: "run.check_health"; readonly run: string };

/** What the model's own detectors are to be asked. */
export type QuestionEffect =
  /** Whether a run helped. */
  | { readonly kind: "run.ask_model"; readonly run: string }
  /** What a person said goes into the stream, where detection reads it. */
  | { readonly kind: "stream.append"; readonly record: MarkerRecord }
  /** Whether a run that was denied for now is still called for. The time makes the question another one each time. */
  | { readonly kind: "run.ask_again"; readonly run: string; readonly atMs: number };

export type TimerEffect =
  /** Resolve the incident if it stayed quiet. */
  | { readonly kind: "incident.settle"; readonly episode: string }
  /** Tell what members did meanwhile, all at once. */
  | { readonly kind: "incident.tell_members" }
  /** Ask whether somebody still has the incident. */
  | { readonly kind: "incident.ack_lapse"; readonly command: string }
  /** Tell what a silence kept back, if it goes on. */
  | { readonly kind: "incident.silence_over"; readonly command: string }
  /** The ticket has been closed by hand for as long as that is respected. */
  | {
      readonly kind: "ticket.reopen";
      readonly ticket: string;
      /** Until when that is; left out by an older program. */
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
