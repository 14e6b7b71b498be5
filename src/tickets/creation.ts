/** Creating a ticket once: what may already exist is looked for, as long as the tracker's index may lag, and adopted. */
import { createHash } from "node:crypto";
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import type { Digest } from "../incidents/digest.ts";
import type { Incident } from "../incidents/incident.ts";
import type { Attempt } from "../outbox/executor.ts";
import { TrackerError } from "./errors.ts";
import { newIssue, type TicketContext } from "./new-issue.ts";
import type { Issue, Tracker } from "./tracker.ts";

export interface CreationOptions {
  readonly tracker: Tracker;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly context: TicketContext;
  /** How long a created issue may stay out of the index, milliseconds; Cloud: "a few seconds to minutes". */
  readonly lookUpMs: number;
}

interface Created {
  readonly issue: Issue;
  readonly outcome: "created" | "adopted";
}

/** The attempt that a change is made in; without `mayAct` nobody else could make it. */
export type TicketAttempt = Pick<Attempt, "unknown"> &
  Partial<Pick<Attempt, "mayAct" | "sinceActMs">>;

export type Creation = (incident: Incident | Digest, attempt: TicketAttempt) => Promise<Created>;

/**
 * Jira has no idempotency key, so each ticket carries a label of its own: by it alone an issue is found whose id was
 * never learned. The returned function throws `DW_TRACKER_OUTCOME_UNKNOWN` (retryable, with a time) while it is still looking.
 */
export function createTicketCreator(options: CreationOptions): Creation {
  const { tracker, clock, logger, context } = options;
  /** Since when we look; kept in memory only, so that a restart looks longer, never shorter. */
  const unknownSince = new Map<string, number>();

  return async (incident, attempt) => {
    const own = ownLabel(incident);
    if (attempt.unknown || unknownSince.has(own)) {
      const since = unknownSince.get(own) ?? clock.now();
      unknownSince.set(own, since);
      const [found] = await tracker.findByLabel(own).catch((error: unknown) => {
        throw stillUnknown(error);
      });
      if (found) {
        unknownSince.delete(own);
        return { issue: found, outcome: "adopted" };
      }
      keepLooking(clock.now() - since, options.lookUpMs);
    }
    const wanted = newIssue(incident, context);
    const issue = await tracker
      .create({ ...wanted, labels: [...wanted.labels, own] }, attempt.mayAct)
      .catch((error: unknown) => {
        if (error instanceof TrackerError && error.issue) {
          // It exists, and its id is all we need from now on; only an interrupted creation cannot be looked up.
          logger.error({ err: error, ticket: error.issue.key }, "ticket has no labels");
          return error.issue;
        }
        if (error instanceof TrackerError && error.maybeApplied) unknownSince.set(own, clock.now());
        throw error;
      });
    unknownSince.delete(own);
    return { issue, outcome: "created" };
  };
}

/** Names the ticket of one incident; a later incident about the same subject has another. */
function ownLabel({ id }: Incident | Digest): string {
  return `driftwarden-ticket-${createHash("sha256").update(id).digest("hex").slice(0, 12)}`;
}

/** A look-up that failed says nothing of the creation: whoever remembers that must not forget it. */
function stillUnknown(error: unknown): unknown {
  if (!(error instanceof TrackerError)) return error;
  const { code, message, hint, retryable, status, retryAfterMs, reason, oneIssueOnly } = error;
  const said = { hint, retryable, status, retryAfterMs, reason, oneIssueOnly, cause: error };
  return new TrackerError(code, message, { ...said, maybeApplied: true });
}

function keepLooking(elapsedMs: number, lookUpMs: number): void {
  const left = lookUpMs - elapsedMs;
  if (left <= 0) return;
  throw new TrackerError(
    "DW_TRACKER_OUTCOME_UNKNOWN",
    "creating a ticket: an earlier attempt may have created it, and the search does not show it yet",
    {
      hint: "Nothing to do: Jira's index may lag for minutes; the ticket is looked for again before another one is created.",
      retryable: true,
      maybeApplied: true,
      retryAfterMs: Math.min(left, Math.max(5000, elapsedMs)),
    },
  );
}
