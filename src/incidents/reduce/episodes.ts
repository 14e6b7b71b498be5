/**
 * The aspect of episodes. An incident opens with an episode. It is `recovered` when the episode closes, and `resolved`
 * after a quiet time. An episode that opens before that, or within the reopen duration after it, is a repeat of the
 * same incident: one fault, one ticket.
 */
import type { EpisodeClosed } from "../../detection/event.ts";
import { isLate } from "../digest.ts";
import { type Episode, subjectOf } from "../episode.ts";
import type { QuietPassed } from "../event.ts";
import { fingerprint } from "../fingerprint.ts";
import type { Incident } from "../incident.ts";
import { severityOf, worse } from "../severity.ts";
import { type Aspect, type Change, isUntold, type Moment, type Transition } from "./aspect.ts";

type Slice =
  | "severity"
  | "state"
  | "lastSeenAtMs"
  | "resolvedAtMs"
  | "occurrences"
  | "kinds"
  | "episode";

export const episodes: Aspect<Slice> = {
  name: "episodes",
  slice: ["severity", "state", "lastSeenAtMs", "resolvedAtMs", "occurrences", "kinds", "episode"],
  take: (transition) => {
    const { event, before, moment } = transition;
    if (before === undefined) return undefined;
    if (event.type === "episode_opened") return repeated(before, event, moment);
    if (event.type === "episode_closed") return closed(transition, event);
    return event.type === "quiet_passed" ? quietPassed(before, event, moment) : undefined;
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

function repeated(before: Incident, episode: Episode, { nowMs }: Moment): Change<Slice> {
  const { kinds } = before;
  return {
    slice: {
      severity: worse(before.severity, severityOf(episode)),
      state: "open",
      lastSeenAtMs: nowMs,
      resolvedAtMs: undefined,
      occurrences: before.occurrences + 1,
      kinds: kinds.includes(episode.kind) ? kinds : [...kinds, episode.kind],
      episode,
    },
  };
}

function closed({ incident, moment }: Transition, event: EpisodeClosed): Change<Slice> | undefined {
  if (incident.state !== "open" || incident.episode.id !== event.episode) return undefined;
  const { nowMs } = moment;
  // Nobody waits for the quiet time of an incident that is old news and that nobody was told of.
  if (isUntold(incident, moment) && isLate(incident.episode, nowMs)) return resolved(nowMs);
  return { slice: { state: "recovered", lastSeenAtMs: nowMs } };
}

function quietPassed(
  before: Incident,
  event: QuietPassed,
  { nowMs }: Moment,
): Change<Slice> | undefined {
  const isNewest = before.episode.id === event.episode;
  return before.state === "recovered" && isNewest ? resolved(nowMs) : undefined;
}

function resolved(nowMs: number): Change<Slice> {
  return { slice: { state: "resolved", resolvedAtMs: nowMs } };
}
