/**
 * Episodes that came and went before anybody could be told, because detection or the tracker was away: they share one
 * summary for each tenant and environment, an incident of its own with one ticket.
 */
import type { EpisodeOpened } from "../detection/event.ts";
import { staleAfterMs } from "../healing/gates/fresh.ts";
import { modelKey, modelName } from "../stream/model-key.ts";
import { summaryFingerprint } from "./fingerprint.ts";
import type { Effect, Incident, MissedEpisode } from "./incident.ts";
import { worse } from "./severity.ts";

/** A late episode's ticket waits so long: detection that catches up may be about to find that it is over. */
export const lateTicketMs = 60_000;
const remembered = 100;

/** Whether the episode opened longer ago than a fix would still act on it. */
export function isLate({ at, cadence }: EpisodeOpened, nowMs: number): boolean {
  return nowMs - at / 1000 > staleAfterMs(cadence === undefined ? undefined : cadence / 1000);
}

/** The line of an incident in the summary. */
export function missedOf({ number, episode, severity }: Incident, endMs: number): MissedEpisode {
  return { incident: number, episode, severity, endMs };
}

export interface SummaryStep {
  readonly incident: Incident;
  readonly effects: readonly Effect[];
  /** Names the decision. */
  readonly cause: string;
}

/**
 * @param before the newest summary of the tenant and environment, or none
 * @returns the summary with the line added
 */
export function summarise(
  before: Incident | undefined,
  line: MissedEpisode,
  { nowMs, nextNumber }: { readonly nowMs: number; readonly nextNumber: number },
): SummaryStep {
  const { episode, severity } = line;
  const settle: Effect = { kind: "incident.settle", episode: episode.id };
  const cause = `missed:${episode.id}`;
  // One that still waits for its ticket takes more lines, however long the tracker is away.
  if (before === undefined || (before.state === "resolved" && before.ticket !== undefined)) {
    const incident = opened(line, nowMs, nextNumber);
    return { incident, effects: [{ kind: "ticket.open" }, settle], cause };
  }
  const { resolvedAtMs: _over, ...rest } = before;
  const incident: Incident = {
    ...rest,
    state: "recovered",
    severity: worse(before.severity, severity),
    lastSeenAtMs: nowMs,
    occurrences: before.occurrences + 1,
    episode,
    missed: [...(before.missed ?? []), line].slice(-remembered),
  };
  // Before its ticket exists, the ticket itself will say it.
  const told: readonly Effect[] = before.ticket === undefined ? [] : [{ kind: "ticket.repeat" }];
  return { incident, effects: [...told, settle], cause };
}

/** It is about what is over, so it is recovered from the start, and resolved after the quiet time. */
function opened(line: MissedEpisode, nowMs: number, number: number): Incident {
  const { tenant, environment } = modelName(line.episode.model);
  return {
    id: `inc-missed-${line.episode.id}`,
    number,
    fingerprint: summaryFingerprint(line.episode.model),
    model: modelKey({ tenant, environment, source: "", model: "" }),
    severity: line.severity,
    state: "recovered",
    openedAtMs: nowMs,
    lastSeenAtMs: nowMs,
    occurrences: 1,
    kinds: [line.episode.kind],
    episode: line.episode,
    missed: [line],
    runs: [],
  };
}
