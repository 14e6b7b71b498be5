/** The incident: what people see. Plain data, changed by the reducer only. */
import type { EpisodeClosed, EpisodeKind, EpisodeOpened } from "../detection/event.ts";
import type { ModelKey } from "../stream/model-key.ts";

/** P0 is the worst. */
export type Severity = "P0" | "P1" | "P2";

/** open: something is wrong now · recovered: back to normal, waiting to be sure · resolved: over. */
export type IncidentState = "open" | "recovered" | "resolved";

export interface TicketRef {
  readonly id: string;
  readonly key: string;
  readonly url: string;
}

export type RunStatus =
  /** Would have run: the fix is in mode observe. */
  "observed" | "denied" | "acting" | "acted" | "failed" | "unknown";

/** One attempt of a fix, as the incident remembers it. */
export interface RunFacts {
  readonly id: string;
  readonly fix: string;
  readonly remediation: string;
  /** Name of the target; undefined when none was resolved. */
  readonly target: string | undefined;
  readonly atMs: number;
  readonly status: RunStatus;
  /** The gate that denied it. */
  readonly gate?: string;
  /** One sentence: what was done, or why not. */
  readonly detail: string;
  readonly outcome?: "recovered" | "not_recovered" | "inconclusive" | "failed" | "unknown";
}

/** An episode that was over before it could have a ticket. */
export interface MissedEpisode {
  /** Number of its incident. */
  readonly incident: number;
  readonly episode: EpisodeOpened;
  readonly severity: Severity;
  /** When it was known to be over. */
  readonly endMs: number;
}

export interface Incident {
  readonly id: string;
  /** Counts up from 1 across the store: what people say aloud. */
  readonly number: number;
  /** 20 hex digits of sha256 over tenant, environment and subject. */
  readonly fingerprint: string;
  readonly model: ModelKey;
  readonly severity: Severity;
  readonly state: IncidentState;
  readonly openedAtMs: number;
  readonly lastSeenAtMs: number;
  readonly resolvedAtMs?: number;
  /** Episodes that opened in it; 1 at first. */
  readonly occurrences: number;
  readonly kinds: readonly EpisodeKind[];
  /** The newest episode, as decided when it opened. */
  readonly episode: EpisodeOpened;
  readonly ticket?: TicketRef;
  /** It was over before it had a ticket: the summary has it. */
  readonly inSummary?: true;
  /** Of a summary: what it sums up, oldest first, the newest 100. */
  readonly missed?: readonly MissedEpisode[];
  /** Newest last, at most 20. */
  readonly runs: readonly RunFacts[];
}

/** What a comment on the ticket is about; tickets/ finds the words. */
export type Note =
  | { readonly about: "run"; readonly run: RunFacts }
  | { readonly about: "verified"; readonly run: RunFacts; readonly detail: string }
  | {
      readonly about: "closed";
      readonly cause: EpisodeClosed["cause"];
      readonly atMs: number;
    }
  | { readonly about: "joined"; readonly kind: EpisodeKind; readonly episode: EpisodeOpened };

/** Promised in the outbox with the decision, carried out later, once. */
export type Effect =
  /** Create the ticket; or reopen the one this incident already has. */
  | { readonly kind: "ticket.open" }
  /** Keep the one comment that counts repeats up to date. */
  | { readonly kind: "ticket.repeat" }
  | { readonly kind: "ticket.comment"; readonly note: Note }
  | { readonly kind: "ticket.resolve" }
  | { readonly kind: "run.start"; readonly fix: string; readonly episode: string }
  | { readonly kind: "run.check_health"; readonly run: string }
  | { readonly kind: "run.ask_model"; readonly run: string }
  /** A timer: resolve if it stayed quiet. */
  | { readonly kind: "incident.settle"; readonly episode: string };
