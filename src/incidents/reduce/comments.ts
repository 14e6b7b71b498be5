/**
 * The aspect of comments. Jira mails each comment to everybody who watches the ticket. So only a few things get
 * a comment, each once until the ticket is opened again. Edits of the ticket show everything else.
 *
 *     opened 1 + three of (a picture, a question, a proposal, a result, worse) + closed 1 = at most 5 mails
 *
 * Jira may mail an attachment like a comment. Opening and closing send a mail by themselves. A comment about the end is
 * left out if it would be the sixth mail. Three comments are always sent: about what became worse at P0, about a fix
 * that did not help twice in a row, and about the end of a silence while the incident is open.
 *
 * Two more comments are not counted here: a ticket closed by hand (ticket-care.ts), and a lapsed ack (people.ts).
 */
import type { EpisodeUnanswered } from "../../detection/event.ts";
import type { Note } from "../effect.ts";
import type { IncidentEvent, RunChanged, TicketPictured } from "../event.ts";
import type { Incident, Mails, Owed, RunSummary } from "../incident.ts";
import { type Aspect, type Change, isUntold, type Transition } from "./aspect.ts";
import { hasGrown } from "./member-news.ts";
import type { Planned } from "./plan.ts";
import { judgedRun } from "./runs.ts";
import { endsSilence, isSilenced } from "./silences.ts";

const mostMails = 5;
/** Opening and closing always send a mail. */
const mostSaid = mostMails - 2;
const none: Mails = { sent: 0, said: [] };

interface News {
  readonly owed: Owed;
  /** The comment; left out where the update of the ticket reports the news. */
  readonly note?: Note;
}

/** It comes before the aspect of tickets, so that the comment about the end is written before the ticket is closed. */
export const comments: Aspect<"mails"> = {
  name: "comments",
  slice: ["mails"],
  take: (transition) => {
    const { before, incident } = transition;
    if (before?.state !== "resolved" && incident.state === "resolved") return over(transition);
    if (transition.event.type === "silence_due") return unsilenced(transition);
    return newsTold(transition);
  },
};

function newsTold(transition: Transition): Change<"mails"> | undefined {
  const { incident } = transition;
  const opened = openedAnew(transition);
  const mails = opened ?? incident.mails ?? none;
  const news = newsOf(transition);
  if (news === undefined || isKeptBack(news, transition) || !isOwed(news.owed, incident, mails))
    return opened && { slice: { mails: opened } };
  const said = { sent: mails.sent + 1, said: [...mails.said, news.owed] };
  return { slice: { mails: said }, effects: news.note === undefined ? [] : [comment(news.note)] };
}

/** Whether a silence holds back the news. It does not hold back `worse`, or a picture, which is already attached. */
const isKeptBack = ({ owed }: News, transition: Transition): boolean =>
  owed !== "worse" && owed !== "picture" && isSilenced(transition);

/** The comment at the end of a silence while the incident is open. */
function unsilenced(transition: Transition): Change<"mails"> | undefined {
  const { before, incident } = transition;
  const { ticket, state, mails = none } = incident;
  const silence = before?.silence;
  if (silence === undefined || !endsSilence(transition)) return undefined;
  if (ticket === undefined || state !== "open") return undefined;
  return {
    slice: { mails: { ...mails, sent: mails.sent + 1 } },
    effects: [comment({ about: "silence_over", silence })],
  };
}

const comment = (note: Note): Planned => ({ effect: { kind: "ticket.comment", note } });

/** Whether another mail may be sent before the ticket is closed. */
export const hasMailLeft = ({ mails = none }: Incident): boolean => mails.said.length < mostSaid;

/** Whether only an edit reports a rise of severity. */
export function isQuietRise({ before, incident }: Transition): boolean {
  return before?.state !== "resolved" && timesWorse(before?.mails) === timesWorse(incident.mails);
}

function timesWorse({ said } = none): number {
  return said.filter((owed) => owed === "worse").length;
}

/** The mails after the event opened the ticket, so that all news may be reported again. Undefined when it did not. */
function openedAnew({ event, before }: Transition): Mails | undefined {
  if (!opensTicket(event, before)) return undefined;
  const { sent, said } = before?.mails ?? none;
  return { sent: sent + 1, said: before?.ticket === undefined ? said : [] };
}

function opensTicket(event: IncidentEvent, before: Incident | undefined): boolean {
  if (event.type === "episode_opened")
    return before?.ticket !== undefined && before.state === "resolved";
  if (event.type === "ticket_opened") return before?.ticket?.id !== event.ticket.id;
  return event.type === "ticket_seen" && event.as === "open" && before?.closedByHand !== undefined;
}

function isOwed(owed: Owed, { severity }: Incident, { said }: Mails): boolean {
  if (owed === "worse" && severity === "P0") return true;
  if (owed === "escalation") return !said.includes(owed);
  return !said.includes(owed) && said.length < mostSaid;
}

function newsOf(transition: Transition): News | undefined {
  const { event, before, incident } = transition;
  if (event.type === "episode_unanswered") return question(transition, event);
  if (event.type === "run_changed") return proposalOf(transition, event) ?? endOfRun(event);
  if (event.type === "ticket_pictured") return picture(event);
  if (event.type === "members_due") return grown(transition);
  if (event.type !== "episode_opened") return result(transition);
  const rises = before?.ticket !== undefined && incident.severity < before.severity;
  return rises ? { owed: "worse" } : undefined;
}

/** The news of a picture. Lines of text are only an edit. */
function picture({ shows }: TicketPictured): News | undefined {
  return shows.file === undefined ? undefined : { owed: "picture" };
}

function grown({ incident, moment }: Transition): News | undefined {
  if (!hasGrown(incident)) return undefined;
  return { owed: "worse", note: { about: "grown", atMs: moment.nowMs } };
}

/** The question for a verdict, unless the episode is over or a newer one has replaced it. */
function question(
  { member }: Transition,
  { episode: id, at, since }: EpisodeUnanswered,
): News | undefined {
  if (member?.state !== "joined" || member.episode.id !== id) return undefined;
  const forMs = (at - since) / 1000;
  return { owed: "question", note: { about: "unanswered", episode: member.episode, forMs } };
}

/** A proposal of an open incident. */
function proposalOf({ incident }: Transition, { run }: RunChanged): News | undefined {
  const { status, proposal, wish } = run;
  if (status !== "proposed" || proposal === undefined || incident.state !== "open")
    return undefined;
  // A wish from the ticket is answered on the ticket, and the answer shows the proposal.
  if (wish?.command.startsWith("ticket:") === true && !incident.runs.some(isRun(run)))
    return undefined;
  return { owed: "proposal", note: { about: "proposal", run, proposal } };
}

const isRun =
  ({ id }: RunSummary) =>
  (other: RunSummary): boolean =>
    other.id === id;

/** The result of a run that failed or ended as unknown. A run that acted gets its result when it is verified. */
function endOfRun({ run }: RunChanged): News | undefined {
  const isEnd = run.status === "failed" || run.status === "unknown";
  return isEnd ? { owed: "result", note: { about: "run", run } } : undefined;
}

function result({ incident, event, moment: { unhelped: before } }: Transition): News | undefined {
  const run = judgedRun(incident, event);
  if (run === undefined || !("detail" in event)) return undefined;
  const { detail } = event;
  if (before !== undefined)
    return { owed: "escalation", note: { about: "escalated", run, detail, before } };
  return { owed: "result", note: { about: "verified", run, detail: event.detail } };
}

/** Counts the mail for closing the ticket, and adds the comment about the end if it may be sent. */
function over(transition: Transition): Change<"mails"> | undefined {
  const { incident, moment } = transition;
  if (isUntold(incident, moment)) return undefined;
  const { endedBy: cause, lastSeenAtMs: atMs, mails = none } = incident;
  const closed = { ...mails, sent: mails.sent + 1 };
  const isQuiet = closed.sent >= mostMails || isSilenced(transition);
  if (cause === undefined || isQuiet) return { slice: { mails: closed } };
  return {
    slice: { mails: { ...closed, sent: closed.sent + 1 } },
    effects: [comment({ about: "closed", cause, atMs })],
  };
}
