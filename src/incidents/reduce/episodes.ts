/**
 * The aspect of episodes. An incident opens with an episode. It is `recovered` when no member is broken any more, and
 * `resolved` when its last member has left. An episode that opens before the end, or within the reopen duration after
 * it, repeats the same incident. So one fault has one ticket.
 */
import type { Commanded } from "../deed.ts";
import { type Episode, subjectOf } from "../episode.ts";
import { fingerprint } from "../fingerprint.ts";
import type { Incident, IncidentState } from "../incident.ts";
import { groupOf, type MemberCounts, noMembers, totalOf } from "../member.ts";
import { severityOf, worse } from "../severity.ts";
import type { Aspect, Change, Moment, Transition } from "./aspect.ts";

type Slice =
  | "severity"
  | "saidSeverity"
  | "state"
  | "lastSeenAtMs"
  | "resolvedAtMs"
  | "occurrences"
  | "kinds"
  | "endedBy"
  | "episode";

export const episodes: Aspect<Slice> = {
  name: "episodes",
  slice: [
    "severity",
    "saidSeverity",
    "state",
    "lastSeenAtMs",
    "resolvedAtMs",
    "occurrences",
    "kinds",
    "endedBy",
    "episode",
  ],
  take: (transition) => {
    const { event, before } = transition;
    if (before === undefined) return undefined;
    if (event.type === "commanded") return commandedSeverity(before, event);
    if (event.type === "episode_opened") return repeated(transition, before, event);
    return event.type === "episode_closed" || event.type === "quiet_passed"
      ? settled(transition)
      : undefined;
  },
};

/** The incident that an episode opens. */
export function opened(episode: Episode, { nowMs, nextNumber }: Moment): Incident {
  const subject = subjectOf(episode);
  return {
    id: `inc-${episode.id}`,
    number: nextNumber,
    fingerprint: fingerprint(subject),
    subject,
    severity: severityOf(episode),
    state: "open",
    openedAtMs: nowMs,
    lastSeenAtMs: nowMs,
    members: noMembers,
    group: groupOf(episode),
    occurrences: 1,
    kinds: [episode.kind],
    episode,
    runs: [],
  };
}

/** Whether the next episode belongs to this incident. */
export function takesNextEpisode(
  incident: Incident | undefined,
  { nowMs, settings }: Moment,
): incident is Incident {
  if (incident === undefined) return false;
  const resolvedAtMs = incident.resolvedAtMs ?? nowMs;
  return incident.state !== "resolved" || nowMs - resolvedAtMs <= settings.reopenDurationMs;
}

function repeated(
  { incident, moment }: Transition,
  before: Incident,
  episode: Episode,
): Change<Slice> {
  const { group } = incident;
  const whole = group.whole === true ? (["source_silent"] as const) : [];
  return {
    slice: {
      ...severityAfter(before, incident, episode),
      state: "open",
      lastSeenAtMs: moment.nowMs,
      resolvedAtMs: undefined,
      endedBy: undefined,
      occurrences: before.occurrences + 1,
      kinds: [...new Set([...before.kinds, episode.kind, ...whole])],
      episode,
    },
  };
}

/** A person sets the severity, up or down. */
function commandedSeverity(before: Incident, { deed }: Commanded): Change<Slice> | undefined {
  if (deed.kind !== "severity") return undefined;
  const saidSeverity = { kinds: before.kinds, members: totalOf(before.members) };
  return { slice: { severity: deed.severity, saidSeverity } };
}

/** The severity does not rise above what a person set until another kind or more members break. */
function severityAfter(
  before: Incident,
  { members }: Incident,
  episode: Episode,
): Pick<Incident, "severity" | "saidSeverity"> {
  const { saidSeverity: word } = before;
  const holds = word?.kinds.includes(episode.kind) && totalOf(members) <= word.members;
  if (holds === true) return { severity: before.severity, saidSeverity: word };
  return { severity: worse(before.severity, severityOf(episode)), saidSeverity: undefined };
}

/** The state of the incident, from the states of its members. @returns undefined when no member changed */
function settled({
  event,
  incident,
  member,
  memberBefore,
  moment,
}: Transition): Change<Slice> | undefined {
  if (member === memberBefore) return undefined;
  const { nowMs } = moment;
  const state = stateOf(incident.members);
  const ended = state !== "open" && event.type === "episode_closed" && { endedBy: event.cause };
  if (state === "resolved") return { slice: { state, resolvedAtMs: nowMs, ...ended } };
  const seen = member?.state === "recovered" && { lastSeenAtMs: nowMs };
  return { slice: { state, ...seen, ...ended } };
}

function stateOf({ joined, recovered }: MemberCounts): IncidentState {
  if (joined > 0) return "open";
  return recovered > 0 ? "recovered" : "resolved";
}
