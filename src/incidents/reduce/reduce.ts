/**
 * The pure reducer: (incident, event, moment) → (incident, effects). It decides everything that people see. It passes
 * the event through a list of aspects. Each aspect writes only its own slice of the incident.
 */

import type { ProposalDue } from "../deed.ts";
import type { DigestEntry } from "../digest.ts";
import type { IncidentEvent, MembersDue, RetryDue } from "../event.ts";
import type { Incident, RunSummary } from "../incident.ts";
import { isShared, type Member, onlyMember } from "../member.ts";
import type { Aspect, Change, Moment } from "./aspect.ts";
import { comments } from "./comments.ts";
import { episodes, opened, takesNextEpisode } from "./episodes.ts";
import { members } from "./members.ts";
import { people } from "./people.ts";
import { pictures } from "./pictures.ts";
import { type Planned, type PlannedEffect, planned } from "./plan.ts";
import { runs } from "./runs.ts";
import { silences, withoutSilenced } from "./silences.ts";
import { symptoms } from "./symptoms.ts";
import { ticketCare } from "./ticket-care.ts";
import { tickets } from "./tickets.ts";
import { timers } from "./timers.ts";

export interface Step {
  readonly incident: Incident;
  readonly effects: readonly PlannedEffect[];
  /** The member that the event is about, if it changed. */
  readonly member?: Member;
  /** The entry for a digest, which lists the incident instead of a ticket. */
  readonly digestEntry?: DigestEntry;
}

/**
 * The aspects in their order. An aspect reads the incident as the earlier ones have changed it. Effects have the same
 * order, and their stored ids contain their positions. So a new aspect must not move the effects of the other ones.
 */
export const aspects: readonly Aspect[] = [
  members,
  episodes,
  silences,
  comments,
  tickets,
  runs,
  timers,
  ticketCare,
  people,
  pictures,
  symptoms,
];

/**
 * @param incident the incident that the event is about, or none
 * @returns the changed incident and what to do; undefined when the event changes nothing
 */
export function reduce(
  incident: Incident | undefined,
  event: IncidentEvent,
  moment: Moment,
): Step | undefined {
  if (event.type !== "episode_opened") {
    return incident === undefined ? undefined : fold(incident, { before: incident, event, moment });
  }
  return takesNextEpisode(incident, moment)
    ? fold(incident, { before: incident, event, moment })
    : fold(opened(event, moment), { before: undefined, event, moment });
}

interface Folding {
  readonly before: Incident | undefined;
  readonly event: IncidentEvent;
  readonly moment: Moment;
}

function fold(start: Incident, folding: Folding): Step | undefined {
  let incident = start;
  const memberBefore = memberOf(folding);
  let member = memberBefore;
  const changes: Change[] = [];
  for (const aspect of aspects) {
    const change = aspect.take({ ...folding, incident, memberBefore, member });
    if (change === undefined) continue;
    changes.push(change);
    incident = { ...incident, ...change.slice };
    member = change.member ?? member;
  }
  if (changes.length === 0) return undefined;
  const digestEntry = changes.find((change) => change.digestEntry !== undefined)?.digestEntry;
  const asked = changes.flatMap((change): readonly Planned[] => change.effects ?? []);
  const effects = withoutSilenced(asked, { ...folding, incident, memberBefore, member });
  return {
    incident,
    effects: planned(effects, {
      id: incident.id,
      cause: causeOf(folding.event, folding.moment),
      nowMs: folding.moment.nowMs,
    }),
    ...(digestEntry !== undefined && { digestEntry }),
    ...(member !== undefined && member !== memberBefore && { member }),
  };
}

function memberOf({ before, moment: { member } }: Folding): Member | undefined {
  if (member !== undefined || before === undefined || isShared(before)) return member ?? undefined;
  return onlyMember(before);
}

/**
 * Names the decision about a run. A run may be denied for now or proposed several times, and each time is a separate
 * decision.
 */
function causeOfRun({ id, status, retryAtMs, proposal, atMs }: RunSummary): string {
  if (status === "proposed" || status === "void")
    return `${id}:${status}:${proposal?.madeAtMs ?? atMs}`;
  return retryAtMs === undefined ? `${id}:${status}` : `${id}:${status}:${retryAtMs}`;
}

/** Names the decision in the ids of its effects. */
function causeOf(event: IncidentEvent, moment: Moment): string {
  if (event.type === "ticket_opened") return `ticket:${event.ticket.id}`;
  if (event.type === "run_changed") return causeOfRun(event.run);
  if (event.type === "quiet_passed") return event.episode;
  if (event.type === "verified") return `${event.run}:${event.outcome}`;
  if (event.type === "health_checked") return `${event.run}:failed`;
  return "id" in event ? event.id : `${againCause(event)}:${moment.nowMs}`;
}

type Again = Extract<
  IncidentEvent,
  { readonly command: string } | { readonly ticket: string } | RetryDue | MembersDue | ProposalDue
>;

/** Names the decision of an event that may happen several times. The caller adds the time. */
function againCause(event: Again): string {
  if ("command" in event) return `${event.type}:${event.command}`;
  if (event.type === "retry_due") return `${event.run}:retry`;
  if (event.type === "proposal_due") return `${event.run}:${event.proposal}`;
  return event.type === "members_due" ? "members" : `${event.type}:${event.ticket}`;
}
