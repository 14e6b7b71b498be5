/**
 * Carries promised changes of tickets out, each once: whatever it does, it first looks whether that is already so.
 * People's edits win: what they closed as "won't do" or deleted is left alone.
 */
import { createHash } from "node:crypto";
import { type Digest, newestEpisode } from "../incidents/digest.ts";
import type { Note } from "../incidents/effect.ts";
import { isModelEpisode } from "../incidents/episode.ts";
import type { Incident, TicketRef } from "../incidents/incident.ts";
import { type Message, type MessageSection, mark as markBlock } from "../messages/message.ts";
import { renderAgain, renderNote, renderRepeat, renderResolved } from "../messages/note-text.ts";
import { type CreationOptions, createTicketCreator, type TicketAttempt } from "./creation.ts";
import { TrackerError } from "./errors.ts";
import type { TicketsMetrics } from "./metrics.ts";
import type { Issue, IssueComment } from "./tracker.ts";

export interface TicketingOptions extends Omit<CreationOptions, "lookUpMs"> {
  readonly metrics: TicketsMetrics;
  /** How long to look for a ticket that may have been created before creating it again. Default 5 minutes. */
  readonly lookUpMs?: number | undefined;
}

type TicketChange =
  | "created"
  | "adopted"
  | "reopened"
  | "resolved"
  | "commented"
  | "updated"
  /** It was so already. */
  | "unchanged"
  /** People resolved it as won't do. */
  | "left_alone"
  /** People deleted it, or it is hidden from us; it is not created again. */
  | "gone"
  /** The incident has no ticket. */
  | "no_ticket";

/** The promise of a comment: its id names it, so that there is one comment for each, ever. */
interface PromisedNote {
  readonly note: Note;
  readonly id: string;
}

/** Each call may be repeated: it does what is still to be done. Throws TrackerError, and what `mayAct` throws. */
export interface Ticketing {
  /** Whether the tracker is well, by one cheap read. */
  ping(): Promise<void>;
  /** Creates the incident's ticket, or reopens the one it has. */
  open(
    incident: Incident | Digest,
    attempt: TicketAttempt,
  ): Promise<{ readonly ticket: TicketRef; readonly change: TicketChange }>;
  repeat(incident: Incident | Digest, attempt?: TicketAttempt): Promise<TicketChange>;
  note(
    incident: Incident | Digest,
    promised: PromisedNote,
    attempt?: TicketAttempt,
  ): Promise<TicketChange>;
  resolve(incident: Incident | Digest, attempt?: TicketAttempt): Promise<TicketChange>;
}

interface Doing extends TicketingOptions {
  readonly attempt: TicketAttempt;
}

const atFirst: TicketAttempt = { unknown: false };
/** A comment whose answer nobody heard may be stored so long after it set out; nobody says how long it takes. */
const commentSettleMs = 10_000;

export function createTicketing(options: TicketingOptions): Ticketing {
  const { logger, metrics, tracker } = options;
  const creation = createTicketCreator({ ...options, lookUpMs: options.lookUpMs ?? 300_000 });
  const said = (incident: Incident | Digest, change: TicketChange): TicketChange => {
    metrics.changes.inc({ change });
    if (change !== "unchanged") {
      const fields = {
        incident: incident.number,
        ticket: incident.ticket?.key,
        change,
        ...(opening.has(change) && episodeFields(incident)),
      };
      logger[change === "gone" ? "warn" : "info"](fields, "ticket changed");
    }
    return change;
  };
  const onIssue = async (
    incident: Incident | Digest,
    act: (issue: Issue) => Promise<TicketChange>,
  ): Promise<TicketChange> => {
    if (!incident.ticket) return said(incident, "no_ticket");
    const issue = await tracker.get(incident.ticket.id);
    return said(incident, issue === undefined ? "gone" : await act(issue));
  };
  return {
    ping: () => tracker.ping(),
    async open(incident, attempt) {
      if (incident.ticket) {
        const doing = { ...options, attempt };
        const change = await onIssue(incident, (issue) => again(issue, incident, doing));
        return { ticket: incident.ticket, change };
      }
      const { issue, outcome } = await creation(incident, attempt);
      const ticket = { id: issue.id, key: issue.key, url: issue.url };
      return { ticket, change: said({ ...incident, ticket }, outcome) };
    },
    repeat: (incident, attempt = atFirst) =>
      onIssue(incident, (issue) => count(issue, incident, { ...options, attempt })),
    note: (incident, { note, id }, attempt = atFirst) =>
      onIssue(incident, (issue) => {
        const says = renderNote(note, incident);
        const doing = { ...options, attempt };
        // A run may be refused several times: one comment says why it is refused now.
        return note.about === "run" && note.run.status === "denied"
          ? upsert(issue, { says, mark: markOf(incident, `denied\n${note.run.id}`) }, doing)
          : commentOnce(issue, { says, mark: markOf(incident, id) }, doing);
      }),
    resolve: (incident, attempt = atFirst) =>
      onIssue(incident, (issue) => close(issue, incident, { ...options, attempt })),
  };
}

/** Changes after which people read of an episode. */
const opening: ReadonlySet<TicketChange> = new Set(["created", "adopted", "reopened"]);

/** One line of the log by which an episode is found: whose, what, how bad, and in which ticket. */
function episodeFields(incident: Incident | Digest): Readonly<Record<string, unknown>> {
  const episode = newestEpisode(incident);
  const { kind } = episode;
  const { severity } = incident;
  if (!isModelEpisode(episode)) return { service: episode.service.name, kind, severity };
  const { model, features, score } = episode;
  return { model, kind, feature: features[0]?.feature, severity, score };
}

/** A new episode of an incident that has a ticket. */
async function again(
  issue: Issue,
  incident: Incident | Digest,
  options: Doing,
): Promise<TicketChange> {
  if (issue.wontFix) {
    await count(issue, incident, options);
    return "left_alone";
  }
  const says = renderAgain(newestEpisode(incident), "Again");
  const mark = markOf(incident, `again\n${newestEpisode(incident).id}`);
  const change = await commentOnce(issue, { says, mark }, options);
  if (!issue.done) return change;
  return (await moved(issue, "reopen", options)) ? "reopened" : change;
}

async function close(
  issue: Issue,
  incident: Incident | Digest,
  options: Doing,
): Promise<TicketChange> {
  if (issue.done) return "unchanged";
  if (await moved(issue, "close", options)) return "resolved";
  const mark = markOf(incident, `resolved\n${newestEpisode(incident).id}`);
  return commentOnce(issue, { says: renderResolved(incident), mark }, options);
}

/** @returns false when the tracker has no such move: a wrong configuration must not hold everything else back */
async function moved(
  issue: Issue,
  move: "close" | "reopen",
  { tracker, logger, attempt }: Doing,
): Promise<boolean> {
  try {
    await tracker[move](issue.id, attempt.mayAct);
    return true;
  } catch (err) {
    if (!(err instanceof TrackerError) || err.code !== "DW_TRACKER_CANNOT_MOVE") throw err;
    logger.error({ err, ticket: issue.key }, "ticket cannot be moved");
    return false;
  }
}

function count(issue: Issue, incident: Incident | Digest, options: Doing): Promise<TicketChange> {
  const comment = { says: renderRepeat(incident), mark: markOf(incident, "repeat") };
  return upsert(issue, comment, options);
}

/** Writes a comment, or brings it up to date, which no watcher is mailed about. */
async function upsert(issue: Issue, comment: MarkedComment, options: Doing): Promise<TicketChange> {
  const { tracker, attempt } = options;
  const mine = await find(issue, comment.mark, options);
  if (!mine) {
    await addOnce(issue, comment, options);
    return "commented";
  }
  const change = { comment: mine, message: messageOf(comment) };
  const updated = await tracker.updateComment(issue.id, change, attempt.mayAct);
  return updated ? "updated" : "unchanged";
}

/** A comment of ours, known again by its mark. */
interface MarkedComment {
  readonly says: MessageSection;
  readonly mark: string;
}

function messageOf({ says, mark }: MarkedComment): Message {
  return [[...says, markBlock(mark)]];
}

async function commentOnce(
  issue: Issue,
  comment: MarkedComment,
  options: Doing,
): Promise<TicketChange> {
  if (await find(issue, comment.mark, options)) return "unchanged";
  await addOnce(issue, comment, options);
  return "commented";
}

/** It was not found: an earlier attempt that got no answer, or whose process is gone, may still be on its way. */
async function addOnce(
  issue: Issue,
  comment: MarkedComment,
  { tracker, attempt }: Doing,
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
}

async function find(
  issue: Issue,
  mark: string,
  { tracker }: TicketingOptions,
): Promise<IssueComment | undefined> {
  const comments = await tracker.comments(issue.id);
  return comments.find((comment) => comment.mark === mark);
}

/** Letters and digits only: the tracker may escape anything else when it stores a comment. */
function markOf({ id }: Incident | Digest, what: string): string {
  return `dw${createHash("sha256").update(`${id}\n${what}`).digest("hex").slice(0, 14)}`;
}
