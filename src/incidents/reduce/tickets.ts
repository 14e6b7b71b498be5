/** The aspect of tickets: what the ticket is told, and which episodes go to the digest instead. */
import type { EpisodeUnanswered } from "../../detection/event.ts";
import { entryOf, isLate, lateTicketMs } from "../digest.ts";
import type { Note } from "../effect.ts";
import { type Episode, isModelEpisode } from "../episode.ts";
import type { IncidentEvent } from "../event.ts";
import type { Incident, TicketRef } from "../incident.ts";
import { type Aspect, type Change, isUntold, type Moment, type Transition } from "./aspect.ts";
import type { Planned } from "./plan.ts";
import { givenUpRun } from "./retries.ts";
import { judgedRun } from "./runs.ts";

type Slice = "ticket" | "inDigest";

/** It stands before the runs: the ticket hears of an episode before any fix is asked for. */
export const tickets: Aspect<Slice> = {
  name: "tickets",
  slice: ["ticket", "inDigest"],
  take: (transition) => {
    const { event, before, incident, moment } = transition;
    if (event.type === "episode_opened") return episodeOpened(before, event, moment);
    if (event.type === "ticket_opened") return ticketOpened(incident, event.ticket);
    if (before?.state !== "resolved" && incident.state === "resolved")
      return resolved(incident, moment);
    const note = noteOf(transition);
    return note === undefined ? undefined : { effects: [comment(note)] };
  },
};

const comment = (note: Note): Planned => ({ effect: { kind: "ticket.comment", note } });

function episodeOpened(
  before: Incident | undefined,
  episode: Episode,
  moment: Moment,
): Change<Slice> {
  const effects: Planned[] = [];
  // A late episode's close may be about to be decided; without a tracker nobody waits for it.
  const mayBeOver = moment.settings.ticketed === true && isLate(episode, moment.nowMs);
  if (before === undefined || before.state === "resolved") {
    effects.push({ effect: { kind: "ticket.open" }, dueInMs: mayBeOver ? lateTicketMs : 0 });
  }
  if (before === undefined) return { effects };
  effects.push({ effect: { kind: "ticket.repeat" } });
  if (!before.kinds.includes(episode.kind) || isFurther(episode, before)) {
    effects.push(comment({ about: "joined", kind: episode.kind, episode }));
  }
  return { slice: { inDigest: undefined }, effects };
}

/** Detection opens nothing in what is open unless another feature is to blame. */
function isFurther(episode: Episode, before: Incident): boolean {
  return before.state === "open" && firstBlamed(episode) !== firstBlamed(before.episode);
}

const firstBlamed = (episode: Episode): string | undefined =>
  isModelEpisode(episode) ? episode.features[0]?.feature : undefined;

/** An incident that nobody was told of gets an entry in the digest. Its promised ticket will find it so. */
function resolved(incident: Incident, moment: Moment): Change<Slice> {
  if (!isUntold(incident, moment)) return { effects: [{ effect: { kind: "ticket.resolve" } }] };
  return { slice: { inDigest: true }, digestEntry: entryOf(incident, moment.nowMs) };
}

function ticketOpened({ inDigest }: Incident, ticket: TicketRef): Change<Slice> {
  const slice = { ticket, inDigest: undefined };
  // The ticket was being created while the incident was found to be over.
  return inDigest === true
    ? { slice, effects: [{ effect: { kind: "ticket.resolve" } }] }
    : { slice };
}

/** What a comment says of the event; undefined when there is nothing to say. */
function noteOf({ event, before, incident, moment }: Transition): Note | undefined {
  if (event.type === "episode_closed") {
    const recovered = before?.state === "open" && incident.state === "recovered";
    return recovered ? { about: "closed", cause: event.cause, atMs: moment.nowMs } : undefined;
  }
  if (event.type === "episode_unanswered") return unansweredNote(incident, event);
  if (event.type === "run_changed")
    return event.run.status === "acting" ? undefined : { about: "run", run: event.run };
  return verifiedNote(incident, event);
}

/** Of an episode that is over meanwhile nothing is asked. */
function unansweredNote(
  { state, episode }: Incident,
  { episode: id, at, since }: EpisodeUnanswered,
): Note | undefined {
  if (state !== "open" || episode.id !== id) return undefined;
  return { about: "unanswered", episode, forMs: (at - since) / 1000 };
}

function verifiedNote(incident: Incident, event: IncidentEvent): Note | undefined {
  const givenUp = givenUpRun(incident, event);
  if (givenUp !== undefined) return { about: "run", run: givenUp };
  const run = judgedRun(incident, event);
  if (run === undefined || !("detail" in event)) return undefined;
  return { about: "verified", run, detail: event.detail };
}
