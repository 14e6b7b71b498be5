/**
 * Creates a ticket once. A ticket that may already exist is looked for as long as the tracker's index may lag, and
 * adopted.
 */
import { createHash } from "node:crypto";
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import { isUnavailable } from "../errors.ts";
import { type Digest, isDigest } from "../incidents/digest.ts";
import type { Incident, TicketRef } from "../incidents/incident.ts";
import type { Attempt } from "../outbox/executor.ts";
import { TrackerError } from "./errors.ts";
import { newIssue, type TicketContext } from "./new-issue.ts";
import type { Issue, NewIssue, Tracker } from "./tracker.ts";

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

/** The attempt in which a change is made. `mayAct` is left out where no other process could make it. */
export type TicketAttempt = Pick<Attempt, "unknown"> &
  Partial<Pick<Attempt, "mayAct" | "sinceActMs" | "willWrite" | "mayHaveWritten">>;

export type TicketCreator = (
  incident: Incident | Digest,
  attempt: TicketAttempt,
  /** The ticket that the new one continues. */
  after?: TicketRef,
) => Promise<Created>;

/** How long after an attempt its issue may still be stored, although the attempt failed or its process is gone. */
const settleMs = 20_000;

/**
 * Jira has no idempotency key, so each ticket carries a label of its own. Only by this label is an issue found whose id
 * was never learned. The returned function throws `DW_TRACKER_OUTCOME_UNKNOWN` (retryable, with a time) while it is
 * still looking.
 */
export function createTicketCreator(options: CreationOptions): TicketCreator {
  const { tracker, clock, logger, context } = options;
  /** When each look-up began. It is in memory only, so a restart makes a look-up longer, never shorter. */
  const unknownSince = new Map<string, number>();

  return async (incident, attempt, after) => {
    const own = ownLabel(incident, after);
    const issueText = newIssue(unpictured(incident), context);
    const wanted = { ...issueText, labels: [...issueText.labels, own] };
    if (attempt.unknown || unknownSince.has(own)) {
      const since = unknownSince.get(own) ?? clock.now();
      unknownSince.set(own, since);
      const elapsedMs = Math.max(clock.now() - since, attempt.sinceActMs ?? 0);
      const found = await lookUp(wanted, own, { elapsedMs, options });
      if (found !== undefined) {
        unknownSince.delete(own);
        return { issue: found, outcome: "adopted" };
      }
    }
    const issue = await tracker.create(wanted, attempt.mayAct).catch((error: unknown) => {
      if (error instanceof TrackerError && error.issue) {
        // The issue exists, and its id is enough from now on. Labels serve to look up an interrupted creation only.
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

/** Without the picture, because that is attached to another ticket. */
function unpictured(incident: Incident | Digest): Incident | Digest {
  return isDigest(incident) ? incident : { ...incident, picture: undefined };
}

interface LookUp {
  /** Since the last attempt, ms. */
  readonly elapsedMs: number;
  readonly options: CreationOptions;
}

/**
 * Searches the index first, which may lag. When no request can be under way any more, it reads the newest issues one by
 * one.
 *
 * @returns undefined when it certainly was not created
 * @throws TrackerError `DW_TRACKER_OUTCOME_UNKNOWN` while that is not certain
 */
async function lookUp(
  wanted: NewIssue,
  own: string,
  { elapsedMs, options }: LookUp,
): Promise<Issue | undefined> {
  const { tracker, lookUpMs } = options;
  const [found] = await tracker.findByLabel(own);
  if (found !== undefined || elapsedMs >= lookUpMs) return found;
  if (elapsedMs < settleMs) return keepLooking(elapsedMs, Math.min(settleMs, lookUpMs));
  const newest = await tracker
    .findAmongNewest((issue) => isOurs(issue, wanted, own))
    .catch((error: unknown) => {
      // If the server cannot list its newest issues, only the index is left.
      if (isUnavailable(error)) throw error;
      return "unsure" as const;
    });
  return newest === "unsure" ? keepLooking(elapsedMs, lookUpMs) : newest;
}

/** In a project that takes no labels, the title identifies the ticket. */
function isOurs({ labels, summary }: Issue, wanted: NewIssue, own: string): boolean {
  return labels.includes(own) || (labels.length === 0 && summary === wanted.summary);
}

/**
 * The label of one ticket. A later incident about the same subject has another label, and so has a ticket that
 * continues this one.
 */
function ownLabel({ id }: Incident | Digest, after: TicketRef | undefined): string {
  const name = after === undefined ? id : `${id}\nafter ${after.id}`;
  return `driftwarden-ticket-${createHash("sha256").update(name).digest("hex").slice(0, 12)}`;
}

function keepLooking(elapsedMs: number, untilMs: number): never {
  throw new TrackerError(
    "DW_TRACKER_OUTCOME_UNKNOWN",
    "creating a ticket: an earlier attempt may have created it, and the search does not show it yet",
    {
      hint: "Nothing to do: Jira's index may lag for minutes; the ticket is looked for again before another one is created.",
      retryable: true,
      maybeApplied: true,
      retryAfterMs: Math.min(untilMs - elapsedMs, Math.max(5000, elapsedMs)),
    },
  );
}
