/**
 * The aspect that keeps a ticket open while something is broken, whatever a person, a workflow or a deletion did to
 * it. People get a mail when it is open again.
 *
 *     open ──closed by hand──► closed, for `closed_by_hand_for`, one comment says so
 *      ▲                            │ that time is over, or a new episode opens
 *      └──reopened, or a new ticket that goes on from it──┘
 */
import type { Deed } from "../deed.ts";
import type { Severity } from "../episode.ts";
import type { ReopenDue, TicketObserved, TicketOpened, TicketWritten } from "../event.ts";
import type { ClosedByHand, Incident } from "../incident.ts";
import { isShared } from "../member.ts";
import { newestSymptom } from "../symptom.ts";
import type { Aspect, Change, Transition } from "./aspect.ts";
import { isQuietRise } from "./comments.ts";
import type { Planned } from "./plan.ts";

type Slice = "written" | "closedByHand" | "formerTickets";

const defaultClosedByHandMs = 4 * 3_600_000;
const rememberedTickets = 10;
const ensure: Planned = { effect: { kind: "ticket.ensure" } };
const update: Planned = { effect: { kind: "ticket.update" } };

/** It comes after the aspects whose changes it shows on the ticket. */
export const ticketCare: Aspect<Slice> = {
  name: "ticketCare",
  slice: ["written", "closedByHand", "formerTickets"],
  take: (transition) => {
    const { event, incident } = transition;
    if (event.type === "ticket_opened") return opened(transition, event);
    if (event.type === "ticket_written") return written(incident, event);
    if (event.type === "ticket_seen") return seen(transition, event);
    if (event.type === "reopen_due") return reopenDue(incident, event);
    if (event.type === "commanded") return commanded(transition, event.deed);
    return kept(transition);
  },
};

/** The first ticket, or one that replaces a former one. */
function opened(transition: Transition, event: TicketOpened): Change<Slice> {
  const { before, incident, moment } = transition;
  const former = before?.ticket;
  const replaced = former === undefined || former.id === event.ticket.id ? [] : [former];
  const known = [
    ...(incident.formerTickets ?? []),
    ...replaced.map((ticket) => ({
      ...ticket,
      atMs: moment.nowMs,
      ...(event.formerFate !== undefined && { fate: event.formerFate }),
    })),
  ];
  const links = replaced.map(
    (ticket): Planned => ({ effect: { kind: "ticket.link", former: ticket } }),
  );
  return {
    slice: {
      ...(event.written !== undefined && { written: event.written }),
      closedByHand: undefined,
      ...(known.length > 0 && { formerTickets: known.slice(-rememberedTickets) }),
    },
    effects: [...links, ...(isBehind(incident, event) ? [update] : [])],
  };
}

/**
 * Whether the new ticket needs an update: the tracker took no description, or the incident changed while it was
 * created.
 */
function isBehind({ runs, occurrences, people }: Incident, { lacksText }: TicketOpened): boolean {
  return lacksText === true || runs.length > 0 || occurrences > 1 || people !== undefined;
}

function written({ ticket }: Incident, event: TicketWritten): Change<Slice> | undefined {
  return ticket?.id === event.ticket ? { slice: { written: event.written } } : undefined;
}

function seen(transition: Transition, event: TicketObserved): Change<Slice> | undefined {
  const { incident } = transition;
  const { ticket, episode, closedByHand } = incident;
  if (ticket?.id !== event.ticket) return undefined;
  if (event.as === "open")
    return closedByHand === undefined ? undefined : { slice: { closedByHand: undefined } };
  const isNews = incident.state === "open" && episode.id === event.episode;
  if (!isNews || isMuted(incident) || closedByHand !== undefined) return undefined;
  return event.as === "gone" ? gone(transition) : respected(transition, [saidSo]);
}

/** Whether people closed a ticket about the newest symptom as "won't do". */
const isMuted = (incident: Incident): boolean => newestSymptom(incident)?.wontDo === true;

/** A deleted ticket is replaced at once. If the replacement is deleted too, the next one comes after the usual time. */
function gone(transition: Transition): Change<Slice> {
  const { incident, moment } = transition;
  const last = incident.formerTickets?.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
  return moment.nowMs - last < respectedMs(transition)
    ? respected(transition, [])
    : { effects: [ensure] };
}

const saidSo = ({ untilMs }: ClosedByHand): Planned => ({
  effect: { kind: "ticket.comment", note: { about: "closed_by_hand", untilMs } },
});

function respected(
  transition: Transition,
  says: readonly ((closed: ClosedByHand) => Planned)[],
): Change<Slice> {
  const { incident, moment } = transition;
  const ticket = incident.ticket?.id ?? "";
  const dueInMs = respectedMs(transition);
  const closedByHand = { atMs: moment.nowMs, untilMs: moment.nowMs + dueInMs };
  const timer: Planned = {
    effect: { kind: "ticket.reopen", ticket, untilMs: closedByHand.untilMs },
    dueInMs,
    timer: true,
  };
  return { slice: { closedByHand }, effects: [...says.map((say) => say(closedByHand)), timer] };
}

const respectedMs = ({ moment }: Transition): number =>
  moment.settings.closedByHandMs ?? defaultClosedByHandMs;

/** A person closes or reopens the ticket by a command. The answer reports it, so there is no comment. */
function commanded(transition: Transition, deed: Deed): Change<Slice> | undefined {
  const { incident } = transition;
  if (incident.ticket === undefined) return undefined;
  if (deed.kind === "reopen" && deed.inTracker === true)
    return { slice: { closedByHand: undefined } };
  if (deed.kind === "reopen")
    return {
      effects: [incident.state === "open" ? ensure : { effect: { kind: "ticket.open_again" } }],
    };
  if (deed.kind !== "close") return undefined;
  if (deed.inTracker === true) return closedInTracker(transition);
  const resolve: Planned = { effect: { kind: "ticket.resolve" } };
  if (incident.state !== "open") return { effects: [resolve] };
  const closed = respected(transition, []);
  return { ...closed, effects: [resolve, ...(closed.effects ?? [])] };
}

/** A person closed the ticket in the tracker. The answer to that person reports it, so there is no comment. */
function closedInTracker(transition: Transition): Change<Slice> | undefined {
  const { state, closedByHand } = transition.incident;
  return state === "open" && closedByHand === undefined ? respected(transition, []) : undefined;
}

/** `closedByHand` is kept until the tracker shows the ticket open, because the comment then depends on it. */
function reopenDue(incident: Incident, event: ReopenDue): Change<Slice> | undefined {
  const { ticket, state, closedByHand } = incident;
  if (ticket?.id !== event.ticket || state !== "open" || closedByHand === undefined)
    return undefined;
  // The ticket may have been reopened and closed again since, for a later time.
  const { untilMs = closedByHand.untilMs } = event;
  return untilMs === closedByHand.untilMs ? { effects: [ensure] } : undefined;
}

/** Effects that show on the ticket what the event changed. */
function kept(transition: Transition): Change<Slice> | undefined {
  const { before, incident } = transition;
  const effects = before?.ticket === undefined ? [] : followUps(transition, before);
  const isForgotten = incident.state !== "open" && incident.closedByHand !== undefined;
  if (effects.length === 0 && !isForgotten) return undefined;
  return { effects, ...(isForgotten && { slice: { closedByHand: undefined } }) };
}

/** @param before the incident before the event; it has a ticket */
function followUps(transition: Transition, before: Incident): readonly Planned[] {
  const { event, incident, moment } = transition;
  if (moment.settings.ticketed !== true || incident.partOf !== undefined) return [];
  const effects: Planned[] = [];
  if (event.type === "episode_opened" && needsOpenTicket(before)) effects.push(ensure);
  const rise = riseOf(before.severity, incident.severity);
  const quiet = isQuietRise(transition) ? { quiet: true as const } : {};
  if (rise !== undefined) effects.push({ effect: { kind: "ticket.update", rise, ...quiet } });
  else if (hasNews(transition, before)) effects.push(update);
  return effects;
}

/** Whether a new episode asks for an open ticket. The aspect of tickets reopens the ticket of a resolved incident. */
function needsOpenTicket({ state, telling }: Incident): boolean {
  // While an update about members is due, only the first new member requests an open ticket.
  const isAsked = telling?.due === true && telling.ensured === true;
  return state !== "resolved" && !isAsked;
}

/** Whether the ticket needs an update now. Changes of the members of a shared incident are collected first. */
function hasNews({ event, incident }: Transition, before: Incident): boolean {
  if (hasOtherRuns(incident, before) || event.type === "members_due") return true;
  if (incident.state === "resolved") return false;
  const repeats = event.type === "episode_opened" && !isShared(incident);
  return repeats || incident.state !== before.state;
}

function hasOtherRuns({ runs }: Incident, before: Incident): boolean {
  return runs.length !== before.runs.length || runs.some((run, n) => run !== before.runs[n]);
}

function riseOf(from: Severity, to: Severity): { from: Severity; to: Severity } | undefined {
  return to < from ? { from, to } : undefined;
}
