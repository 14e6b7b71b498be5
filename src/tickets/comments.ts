/**
 * Writes our comments on a ticket, each once. A mark in the comment shows that it was written already. A request that was
 * sent twice on its way leaves two comments, so the comments are looked at once more after each is written.
 */
import { createHash } from "node:crypto";
import type { Logger } from "pino";
import type { Digest } from "../incidents/digest.ts";
import type { Incident } from "../incidents/incident.ts";
import {
  type Message,
  type MessageSection,
  mark as markBlock,
  paragraph,
  words,
} from "../messages/message.ts";
import type { TicketAttempt } from "./creation.ts";
import { TrackerError } from "./errors.ts";
import type { Issue, IssueComment, Tracker } from "./tracker.ts";

/** What one attempt works with. */
export interface TicketWork {
  readonly tracker: Tracker;
  readonly logger: Logger;
  readonly attempt: TicketAttempt;
}

/** A comment of ours, known again by its mark. */
export interface MarkedComment {
  readonly says: MessageSection;
  /** What it says above that. */
  readonly before?: readonly MessageSection[];
  readonly mark: string;
}

/** A comment whose answer nobody heard may be stored so long after it set out; nobody says how long it takes. */
const commentSettleMs = 10_000;

/** Letters and digits only: the tracker may escape anything else when it stores a comment. */
export function markOf({ id }: Incident | Digest, what: string): string {
  return `dw${createHash("sha256").update(`${id}\n${what}`).digest("hex").slice(0, 14)}`;
}

export async function commentOnce(
  issue: Issue,
  comment: MarkedComment,
  work: TicketWork,
): Promise<"commented" | "unchanged"> {
  if (await findComment(issue, comment.mark, work)) return "unchanged";
  await addOnce(issue, comment, work);
  return "commented";
}

/** Writes a comment, or brings it up to date, which no watcher is mailed about. */
export async function upsertComment(
  issue: Issue,
  comment: MarkedComment,
  work: TicketWork,
): Promise<"commented" | "updated" | "unchanged"> {
  const { tracker, attempt } = work;
  const mine = await findComment(issue, comment.mark, work);
  if (!mine) {
    await addOnce(issue, comment, work);
    return "commented";
  }
  const change = { comment: mine, message: messageOf(comment) };
  const updated = await tracker.updateComment(issue.id, change, attempt.mayAct);
  return updated ? "updated" : "unchanged";
}

function messageOf({ before = [], says, mark }: MarkedComment): Message {
  return [...before, [...says, markBlock(mark)]];
}

/** It was not found: an earlier attempt that got no answer, or whose process is gone, may still be on its way. */
async function addOnce(
  issue: Issue,
  comment: MarkedComment,
  { tracker, attempt }: TicketWork,
): Promise<void> {
  const leftMs = attempt.unknown ? commentSettleMs - (attempt.sinceActMs ?? commentSettleMs) : 0;
  if (leftMs > 0) {
    throw new TrackerError(
      "DW_TRACKER_OUTCOME_UNKNOWN",
      `commenting on ${issue.key}: an earlier attempt may have written the comment, and it is not there yet`,
      {
        hint: "Nothing to do: the comment is looked for again before it is written again.",
        retryable: true,
        maybeApplied: true,
        retryAfterMs: leftMs,
      },
    );
  }
  await tracker.addComment(issue.id, messageOf(comment), attempt.mayAct);
  await findComment(issue, comment.mark, { tracker, attempt });
}

/**
 * The oldest one with the mark. Others of ours with it were written by a request that arrived more than once; others of
 * people are copies of ours, and are theirs.
 */
async function findComment(
  issue: Issue,
  mark: string,
  work: Pick<TicketWork, "tracker" | "attempt">,
): Promise<IssueComment | undefined> {
  const comments = await work.tracker.comments(issue.id);
  const [mine, ...again] = comments.filter((comment) => comment.mark === mark);
  for (const comment of again)
    if (comment.author === mine?.author) await takeBack(issue, comment, work);
  return mine;
}

/**
 * Where it cannot be deleted, it says so little that nobody reads the same twice. Where it cannot be edited either, it
 * stays: the first one was written all the same.
 */
async function takeBack(
  issue: Issue,
  comment: IssueComment,
  { tracker, attempt }: Pick<TicketWork, "tracker" | "attempt">,
): Promise<void> {
  const removed = await tracker.removeComment?.(issue.id, comment, attempt.mayAct);
  if (removed === true) return;
  const change = { comment, message: [[paragraph(words("The same is said above."))]] };
  try {
    await tracker.updateComment(issue.id, change, attempt.mayAct);
  } catch (error) {
    if (!(error instanceof TrackerError) || error.retryable || error.unavailable) throw error;
  }
}
