/**
 * Carries out promised changes of tickets, each once: it first looks whether the change was already made. People's
 * edits win: a ticket that they closed as "won't do" is left alone.
 */
import { type Digest, isDigest, newestEpisode } from "../incidents/digest.ts";
import type { Note, Rise } from "../incidents/effect.ts";
import type { Incident, TicketRef } from "../incidents/incident.ts";
import { newestSymptom } from "../incidents/symptom.ts";
import { renderNote, renderResolved } from "../messages/note-text.ts";
import { renderGoesOnIn } from "../messages/ticket-life-text.ts";
import { type AnswerEffect, answerOnTicket } from "./answer.ts";
import { commentOnce, markOf, type TicketWork } from "./comments.ts";
import { type CreationOptions, createTicketCreator, type TicketAttempt } from "./creation.ts";
import { createTicketLook, type TicketLook } from "./looking.ts";
import type { TicketsMetrics } from "./metrics.ts";
import { keptFields } from "./new-issue.ts";
import { createPicturing, type MakePicture, type Picturing } from "./picture/picturing.ts";
import {
  applyTransition,
  ensureOpen,
  openedEvent,
  type ReopeningWork,
  reopenOrComment,
  type Ticketed,
  type TicketedDigest,
} from "./reopening.ts";
import type { TicketTalk } from "./talk.ts";
import { type TicketAccess, ticketAccess } from "./ticket-access.ts";
import type { TicketChange, TicketOutcome } from "./ticket-change.ts";
import type { Issue } from "./tracker.ts";
import { updateTicket } from "./upkeep.ts";

export interface TicketingOptions extends Omit<CreationOptions, "lookUpMs"> {
  readonly metrics: TicketsMetrics;
  /** How long to look for a ticket that may have been created before creating it again. Default 5 minutes. */
  readonly lookUpMs?: number | undefined;
  /** Default: tickets get no pictures. */
  readonly makePicture?: MakePicture | undefined;
  /** Default: comments of people are not read. */
  readonly talk?: TicketTalk | undefined;
}

/** A promised comment. The comment carries a mark made from the id, so it is written once. */
interface PromisedNote {
  readonly note: Note;
  readonly id: string;
}

export interface TicketUpdate {
  /** The incident is worse than the ticket says. */
  readonly rise?: Rise | undefined;
  /** Whether a rise of the severity is reported without a comment. Default false. */
  readonly isQuiet?: boolean;
  readonly attempt?: TicketAttempt;
}

export interface OpenedTicket extends TicketOutcome {
  readonly ticket: TicketRef;
}

/** Each call may be repeated: it does what is still to be done. Throws TrackerError, and what `mayAct` throws. */
export interface Ticketing {
  /** Whether the tracker is well, by one cheap read. */
  ping(): Promise<void>;
  /** Whether what may wait may be written now: people are answered first. */
  hasRoom(): boolean;
  /** What became of tickets that should be open. */
  readonly look: TicketLook;
  /** Creates the incident's ticket, or reopens the one it has. */
  open(incident: Incident | Digest, attempt: TicketAttempt): Promise<OpenedTicket>;
  /** Makes sure that the ticket of an open incident is open. */
  ensure(incident: Incident | Digest, attempt?: TicketAttempt): Promise<TicketOutcome>;
  /** Updates the text, and with a rise also title, label and priority. */
  update(incident: Incident | Digest, update?: TicketUpdate): Promise<TicketOutcome>;
  /** Adds to the former ticket a comment that names the new one, and links the two. */
  link(
    incident: Incident | Digest,
    former: TicketRef,
    attempt?: TicketAttempt,
  ): Promise<TicketChange>;
  /** Reopens the closed ticket of an incident that is over. */
  openAgain(incident: Incident | Digest, attempt?: TicketAttempt): Promise<TicketChange>;
  /** Gives the ticket to a person, or to nobody, where the tracker lets it. */
  assign(
    incident: Incident | Digest,
    account: string | null,
    attempt?: TicketAttempt,
  ): Promise<TicketChange>;
  note(
    incident: Incident | Digest,
    promised: PromisedNote,
    attempt?: TicketAttempt,
  ): Promise<TicketChange>;
  resolve(incident: Incident | Digest, attempt?: TicketAttempt): Promise<TicketChange>;
  /** Answers what people said on a ticket, in one comment. */
  answer(
    incident: Incident | Digest,
    answer: AnswerEffect,
    attempt?: TicketAttempt,
  ): Promise<TicketChange>;
  /** Reads what people say on tickets; undefined where the tracker cannot. */
  readonly talk: TicketTalk | undefined;
  /** Attaches pictures; undefined where none are wanted. */
  readonly picture: Picturing | undefined;
}

const atFirst: TicketAttempt = { unknown: false };

export function createTicketing(options: TicketingOptions): Ticketing {
  const { logger, tracker, context } = options;
  const create = createTicketCreator({ ...options, lookUpMs: options.lookUpMs ?? 300_000 });
  const parts = { tracker, logger, context, create };
  const working = (attempt: TicketAttempt = atFirst) => ({ ...parts, attempt });
  const access = ticketAccess(options);
  const { onIssue, withTicket } = access;
  return {
    ping: () => tracker.ping(),
    hasRoom: () => tracker.hasRoom?.() ?? true,
    look: createTicketLook(tracker, "driftwarden"),
    open: (incident, attempt) => openTicket(incident, { access, work: working(attempt) }),
    ensure: (incident, attempt) =>
      withTicket(incident, (issue, known) => keptOpen(issue, known, working(attempt))),
    update: (incident, { attempt, ...update } = {}) =>
      withTicket(incident, async (issue, known) =>
        issue === undefined
          ? { change: "gone", events: [] }
          : updateTicket(issue, known, { work: working(attempt), ...update }),
      ),
    link: (incident, former, attempt) =>
      onIssue(incident, () => linkFormer(incident, former, working(attempt))),
    openAgain: (incident, attempt) =>
      onIssue(incident, async (issue) => {
        const moved = issue.done && (await applyTransition(issue, "reopen", working(attempt)));
        return moved ? "reopened" : "unchanged";
      }),
    assign: (incident, account, { mayAct } = atFirst) =>
      onIssue(incident, async (issue) => {
        const { changed } = await tracker.update(issue, { assignee: account }, mayAct);
        return changed ? "updated" : "unchanged";
      }),
    note: (incident, promised, attempt) =>
      onIssue(incident, (issue) =>
        writeNote(issue, incident, { ...promised, work: working(attempt) }),
      ),
    resolve: (incident, attempt) =>
      onIssue(incident, (issue) => resolveTicket(issue, incident, working(attempt))),
    answer: async (incident, answer, attempt) =>
      access.recorded(incident, await answerOnTicket(incident, answer, working(attempt))),
    talk: options.talk,
    picture: options.makePicture && createPicturing({ ...options, make: options.makePicture }),
  };
}

/** A digest needs no open ticket: everything that it reports is over. */
async function keptOpen(
  issue: Issue | undefined,
  known: Ticketed | TicketedDigest,
  work: ReopeningWork,
): Promise<TicketOutcome> {
  return isDigest(known) ? { change: "unchanged", events: [] } : ensureOpen(issue, known, work);
}

interface Opening {
  readonly access: TicketAccess;
  readonly work: ReopeningWork;
}

async function openTicket(
  incident: Incident | Digest,
  { access, work }: Opening,
): Promise<OpenedTicket> {
  if (incident.ticket) {
    const outcome = await access.withTicket(incident, (issue, known) =>
      issue?.done === false && !isDigest(known)
        ? reopenOrComment(issue, known, work)
        : keptOpen(issue, known, work),
    );
    const opened = outcome.events.find((event) => event.type === "ticket_opened");
    return { ticket: opened?.ticket ?? incident.ticket, ...outcome };
  }
  const { issue, outcome } = await work.create(incident, work.attempt);
  const event = openedEvent(issue, keptFields(incident, work.context));
  const { ticket } = event;
  return { ticket, change: access.recorded({ ...incident, ticket }, outcome), events: [event] };
}

/** Notes that are not written where people closed the ticket as won't do. */
const mutedNotes: ReadonlySet<Note["about"]> = new Set([
  "closed",
  "unanswered",
  "grown",
  "closed_by_hand",
  "ack_lapsed",
]);

function isMuted(issue: Issue, incident: Incident | Digest): boolean {
  return issue.wontFix || (!isDigest(incident) && newestSymptom(incident)?.wontDo === true);
}

async function writeNote(
  issue: Issue,
  incident: Incident | Digest,
  { note, id, work }: PromisedNote & { readonly work: TicketWork },
): Promise<TicketChange> {
  if (mutedNotes.has(note.about) && isMuted(issue, incident)) return "left_alone";
  const says = renderNote(note, incident);
  return commentOnce(issue, { says, mark: markOf(incident, id) }, work);
}

async function resolveTicket(
  issue: Issue,
  incident: Incident | Digest,
  work: TicketWork,
): Promise<TicketChange> {
  if (issue.done) return "unchanged";
  if (await applyTransition(issue, "close", work)) return "resolved";
  // A person asked to close the ticket. The incident is not over, so no comment says that it is.
  if (incident.state === "open") return "unchanged";
  const mark = markOf(incident, `resolved\n${newestEpisode(incident).id}`);
  return commentOnce(issue, { says: renderResolved(incident), mark }, work);
}

/** The new ticket names the former one in any case; a tracker that does not link loses nothing else. */
async function linkFormer(
  incident: Incident | Digest,
  former: TicketRef,
  work: TicketWork,
): Promise<TicketChange> {
  const { tracker, attempt } = work;
  const issue = await tracker.get(former.id);
  if (issue === undefined || incident.ticket === undefined) return "unchanged";
  const mark = markOf(incident, `goes on\n${incident.ticket.id}`);
  // A ticket that was closed as won't do is not continued: the new ticket is about another symptom.
  const commented = issue.wontFix
    ? "unchanged"
    : await commentOnce(issue, { says: renderGoesOnIn(incident.ticket), mark }, work);
  const linked = await tracker.link(issue.key, incident.ticket.key, attempt.mayAct);
  return linked ? "linked" : commented;
}
