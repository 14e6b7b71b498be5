/**
 * Writes our comments on a ticket, each once. A mark in the comment shows that it was written already. A proxy that
 * sends a request twice leaves two comments, so the comments are read once more after each write.
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

/** The issue on which a comment is written. */
type Commented = Pick<Issue, "id" | "key">;

/** A comment of ours, known again by its mark. */
export interface MarkedComment {
  readonly says: MessageSection;
  /** What it says above that. */
  readonly before?: readonly MessageSection[];
  readonly mark: string;
}

/** How long after its request a comment may still be stored, if the answer was lost. Jira documents no limit. */
const commentSettleMs = 10_000;

/** Letters and digits only: the tracker may escape anything else when it stores a comment. */
export function markOf({ id }: Incident | Digest, what: string): string {
  return `dw${createHash("sha256").update(`${id}\n${what}`).digest("hex").slice(0, 14)}`;
}

export async function commentOnce(
  issue: Commented,
  comment: MarkedComment,
  work: TicketWork,
): Promise<"commented" | "unchanged"> {
  if (await findComment(issue, comment.mark, work)) return "unchanged";
  await addOnce(issue, comment, work);
  return "commented";
}

/** Writes a comment, or updates it. An update sends no mail to watchers. */
export async function upsertComment(
  issue: Commented,
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

/** Adds a comment that was not found. Throws while the request of an earlier attempt may still be carried out. */
async function addOnce(
  issue: Commented,
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
 * The oldest comment with the mark. Further comments of ours with this mark come from a request that arrived twice, and
 * are deleted. Those of people are copies, and stay.
 */
async function findComment(
  issue: Commented,
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
 * Deletes a second copy. If that is impossible, one sentence replaces its text. If that is refused too, it stays,
 * because the first one was written nevertheless.
 */
async function takeBack(
  issue: Commented,
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
