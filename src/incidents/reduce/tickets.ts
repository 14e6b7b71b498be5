/** The aspect of tickets: it opens and resolves tickets, and gives some incidents to a digest instead. */
import { modelName } from "../../model-key.ts";
import { entryOf, isLate, lateTicketMs } from "../digest.ts";
import type { IncidentEvent, TicketMoved } from "../event.ts";
import type { Incident, TicketRef } from "../incident.ts";
import { isShared } from "../member.ts";
import { overflowEntry } from "../overflow.ts";
import { gatherMs } from "../place.ts";
import {
  type Aspect,
  type Change,
  isUntold,
  type Moment,
  type ReducerSettings,
  type Transition,
} from "./aspect.ts";
import { memberNews } from "./member-news.ts";
import type { Planned } from "./plan.ts";
import { endsSilence, isSilenced } from "./silences.ts";

type Slice = "ticket" | "ticketPromisedAtMs" | "inDigest" | "telling" | "heldBack";

/** It comes before the aspect of runs, so that the ticket is planned before any fix starts. */
export const tickets: Aspect<Slice> = {
  name: "tickets",
  slice: ["ticket", "ticketPromisedAtMs", "inDigest", "telling", "heldBack"],
  take: (transition) => {
    const { event, before, incident } = transition;
    const named = ticketNamed(incident, event);
    if (named !== undefined) return named;
    if (before?.state !== "resolved" && incident.state === "resolved") return resolved(transition);
    if (event.type === "commanded" && event.deed.kind === "silence") return silenced(incident);
    if (endsSilence(transition)) return opensHeldBack(transition);
    const opens = event.type === "episode_opened" ? opensTicket(transition) : undefined;
    return isShared(incident) ? withNews(opens, memberNews(transition)) : opens;
  },
};

const update: Planned = { effect: { kind: "ticket.update" } };

function withNews(
  said: Change<Slice> | undefined,
  news: Change<Slice> | undefined,
): Change<Slice> | undefined {
  if (said === undefined || news === undefined) return said ?? news;
  const effects = [...(said.effects ?? []), ...(news.effects ?? [])];
  return { ...said, slice: { ...said.slice, ...news.slice }, effects };
}

/** At the end of a silence, an incident that is still open gets the ticket that was held back. */
function opensHeldBack(transition: Transition): Change<Slice> | undefined {
  const { before, incident } = transition;
  return incident.state === "open" && isHeldBack(before) ? opensTicket(transition) : undefined;
}

function isHeldBack(before: Incident | undefined): boolean {
  if (before?.ticket !== undefined || before?.inDigest === true) return false;
  return before?.heldBack === true;
}

/** Records that the ticket waits for the end of the silence. Nothing changes if a ticket exists or is planned. */
function heldBack({ before, incident }: Transition): Change<Slice> {
  if (incident.ticket !== undefined || !wantsTicket(before)) return {};
  return { slice: { heldBack: true, inDigest: undefined } };
}

/** Records a silence that was declared after the ticket was planned and before it exists. */
function silenced({ ticket, inDigest }: Incident): Change<Slice> {
  return ticket === undefined && inDigest !== true ? { slice: { heldBack: true } } : {};
}

/** Whether a ticket is needed: the incident is new, was resolved, or its ticket was held back. */
function wantsTicket(before: Incident | undefined): boolean {
  return before === undefined || before.state === "resolved" || isHeldBack(before);
}

/** Plans a ticket for a new or repeated incident. Beyond the budget the incident gets an entry in a digest. */
function opensTicket(transition: Transition): Change<Slice> {
  const { before, incident, moment } = transition;
  if (isSilenced(transition)) return heldBack(transition);
  const begins = wantsTicket(before);
  if (!begins && !isUrgentOverflow(transition)) return {};
  const promised = {
    inDigest: undefined,
    heldBack: undefined,
    ticketPromisedAtMs: moment.nowMs,
  };
  // The entry in the digest ends, because the incident gets its own ticket.
  if (!begins)
    return {
      slice: promised,
      effects: [opening(transition)],
      digestEntry: overflowEntry(incident, moment.nowMs),
    };
  if (incident.ticket !== undefined)
    return { slice: { inDigest: undefined }, effects: [opening(transition)] };
  if (hasRoom(incident, moment)) return { slice: promised, effects: [opening(transition)] };
  const slice = { inDigest: true, heldBack: undefined } as const;
  return { slice, digestEntry: overflowEntry(incident, undefined) };
}

/** Whether the budget allows a new ticket. P0, and the one ticket of a storm, are outside the budget. */
function hasRoom({ severity, episode }: Incident, { settings, ticketsLeft = 1 }: Moment): boolean {
  const isOutside = severity === "P0" || episode.kind === "storm";
  return settings.ticketed !== true || isOutside || ticketsLeft > 0;
}

/** Whether an incident of an overflow has become P0. Such an incident gets its own ticket. */
function isUrgentOverflow({ before, incident }: Transition): boolean {
  return incident.severity === "P0" && before?.severity !== "P0" && isOverflown(incident);
}

/** Whether a digest lists the incident, which has no ticket of its own. */
const isOverflown = ({ ticket, inDigest }: Incident): boolean =>
  ticket === undefined && inDigest === true;

function opening({ before, incident, moment }: Transition): Planned {
  const effect = { kind: "ticket.open" } as const;
  const { nowMs, settings } = moment;
  // Detection may be about to close a late episode. Without a tracker there is nothing to wait for.
  if (settings.ticketed === true && isLate(incident.episode, nowMs))
    return { effect, dueInMs: lateTicketMs };
  const waits =
    hasCompany(incident, settings) && before?.ticket === undefined && incident.severity !== "P0";
  return { effect, dueInMs: waits ? gatherMs : 0 };
}

function hasCompany({ subject }: Incident, { hasSeveralModels }: ReducerSettings): boolean {
  return subject.kind === "model" && hasSeveralModels?.(modelName(subject.key).source) === true;
}

/** Resolves the ticket. An incident without one gets an entry in the digest, so its promised ticket is not created. */
function resolved(transition: Transition): Change<Slice> {
  const { incident, moment } = transition;
  // A closed ticket may not accept an edit, so its text is updated before.
  if (!isUntold(incident, moment)) {
    const truth = incident.ticket === undefined ? [] : [update];
    return { effects: [...truth, { effect: { kind: "ticket.resolve" } }] };
  }
  if (isOverflown(incident)) return { digestEntry: overflowEntry(incident, moment.nowMs) };
  if (incident.heldBack === true) return { slice: { inDigest: true } };
  return { slice: { inDigest: true }, digestEntry: entryOf(incident, moment.nowMs) };
}

/** The tracker has created the ticket, or moved it to another key. */
function ticketNamed(incident: Incident, event: IncidentEvent): Change<Slice> | undefined {
  if (event.type === "ticket_opened") return ticketOpened(incident, event.ticket);
  return event.type === "ticket_moved" ? ticketMoved(incident, event) : undefined;
}

function ticketMoved({ ticket }: Incident, { ticket: id, key, url }: TicketMoved): Change<Slice> {
  return ticket?.id === id ? { slice: { ticket: { id, key, url } } } : {};
}

function ticketOpened(incident: Incident, ticket: TicketRef): Change<Slice> {
  const { inDigest, members, partOf } = incident;
  const telling = isShared(incident) ? { due: false, said: members.joined } : undefined;
  const slice = { ticket, inDigest: undefined, telling };
  // While the ticket was being created, the incident ended or was merged into another one.
  return inDigest === true || partOf !== undefined
    ? { slice, effects: [{ effect: { kind: "ticket.resolve" } }] }
    : { slice };
}
