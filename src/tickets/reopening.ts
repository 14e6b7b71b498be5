/**
 * Keeps a ticket open while something is broken, by the state that the tracker itself shows. A closed ticket is
 * reopened. If that is impossible, or the ticket is gone, a new ticket continues it.
 */
import type { Digest } from "../incidents/digest.ts";
import type { IncidentEvent } from "../incidents/event.ts";
import type { FormerFate, FormerTicket, Incident, TicketRef } from "../incidents/incident.ts";
import { newestSymptom } from "../incidents/symptom.ts";
import { renderAgain } from "../messages/note-text.ts";
import { commentOnce, markOf, type TicketWork } from "./comments.ts";
import type { TicketCreator } from "./creation.ts";
import { TrackerError } from "./errors.ts";
import { keptFields, type TicketContext } from "./new-issue.ts";
import type { TicketOutcome } from "./ticket-change.ts";
import type { Issue } from "./tracker.ts";
import { type KeptFields, writtenText } from "./written-text.ts";

export interface ReopeningWork extends TicketWork {
  readonly create: TicketCreator;
  readonly context: TicketContext;
}

/** An incident with its ticket. */
export type Ticketed = Incident & { readonly ticket: TicketRef };

/** A digest with its ticket. */
export type TicketedDigest = Digest & { readonly ticket: TicketRef };

/** Makes sure that the ticket is open, and says why where it was not. @param issue undefined when it is gone */
export async function ensureOpen(
  issue: Issue | undefined,
  incident: Ticketed,
  work: ReopeningWork,
): Promise<TicketOutcome> {
  if (incident.state !== "open") return { change: "unchanged", events: [] };
  if (issue === undefined) return goOnFrom(incident, { former: "gone", work });
  if (!issue.done) return { change: "unchanged", events: [seenOpen(incident)] };
  return reopenOrComment(issue, incident, work);
}

/** For a new episode, and after the time for which a ticket that was closed by hand stays closed. The issue exists. */
export async function reopenOrComment(
  issue: Issue,
  incident: Ticketed,
  work: ReopeningWork,
): Promise<TicketOutcome> {
  const symptom = newestSymptom(incident);
  // "Won't do" covers the symptoms (kind and feature) that the ticket reported, not the whole model.
  const isCovered = symptom === undefined || symptom.told === true;
  if (symptom?.wontDo === true || (issue.wontFix && isCovered))
    return { change: "left_alone", events: [] };
  // Reopening sends a mail. An open ticket cannot be reopened, so a comment tells.
  if (!issue.done) return { change: await sayAgain(issue, incident, work), events: [] };
  // The episode ended while the tracker was unavailable, so its ticket may stay closed.
  if (incident.state !== "open") return { change: "unchanged", events: [] };
  if (issue.wontFix) return goOnFrom(incident, { former: "wont_do", work });
  if (await applyTransition(issue, "reopen", work))
    return { change: "reopened", events: [seenOpen(incident)] };
  return goOnFrom(incident, { former: "closed", work });
}

/** One comment an episode. */
function sayAgain(
  issue: Issue,
  incident: Ticketed,
  work: ReopeningWork,
): Promise<"commented" | "unchanged"> {
  const { episode } = incident;
  const comment = {
    says: renderAgain(episode, "Again"),
    mark: markOf(incident, `again\n${episode.id}`),
  };
  return commentOnce(issue, comment, work);
}

interface GoingOn {
  /** Why the incident gets a new ticket: what happened to the former one. */
  readonly former: FormerFate;
  readonly work: ReopeningWork;
}

async function goOnFrom(incident: Ticketed, { former, work }: GoingOn): Promise<TicketOutcome> {
  const { ticket } = incident;
  // The text names it already. When it was replaced is stored with the event.
  const replaced: FormerTicket = { ...ticket, atMs: 0, fate: former };
  const made = await work.create({ ...incident, formerTickets: [replaced] }, work.attempt, ticket);
  const opened = {
    ...openedEvent(made.issue, keptFields(incident, work.context)),
    formerFate: former,
  };
  const event = former === "wont_do" ? { ...opened, wontDo: true as const } : opened;
  return { change: made.outcome, events: [event] };
}

export function openedEvent(
  issue: Issue,
  kept: KeptFields,
): Extract<IncidentEvent, { type: "ticket_opened" }> {
  const { id, key, url } = issue;
  return {
    type: "ticket_opened",
    ticket: { id, key, url },
    written: writtenText(issue, kept),
    ...(issue.description.trim() === "" && { lacksText: true }),
  };
}

const seenOpen = ({ ticket, episode }: Ticketed): IncidentEvent => ({
  type: "ticket_seen",
  ticket: ticket.id,
  as: "open",
  episode: episode.id,
});

/** @returns false when the tracker has no such move, or refuses it: that must not hold everything else back */
export async function applyTransition(
  issue: Issue,
  transition: "close" | "reopen",
  { tracker, logger, attempt }: TicketWork,
): Promise<boolean> {
  try {
    await tracker[transition](issue.id, attempt.mayAct);
    return true;
  } catch (err) {
    if (!(err instanceof TrackerError) || err.code !== "DW_TRACKER_CANNOT_MOVE") throw err;
    logger.error({ err, ticket: issue.key }, "ticket cannot be moved");
    return false;
  }
}
