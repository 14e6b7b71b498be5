/**
 * Tickets of a store that was restored from a backup. It decides again, by the same ids, what it had decided since the
 * backup was made, but it has forgotten which tickets it created. So such tickets are looked up first. Runs have a gate
 * for it.
 */
import { type Digest, isDigest, newestEpisode } from "../incidents/digest.ts";
import { standingOf } from "../incidents/episode.ts";
import type { Incident } from "../incidents/incident.ts";
import type { Attempt } from "../outbox/executor.ts";

/** @param restoredAtMs of the store, ms since 1970; undefined while it never was restored */
export function lookedUpAfterRestore(
  incident: Incident | Digest,
  attempt: Attempt,
  restoredAtMs = Number.NEGATIVE_INFINITY,
): Attempt {
  const told = !isDigest(incident) && incident.inDigest === true;
  const mayHaveForgotten = standingOf(newestEpisode(incident)).newestRowMs < restoredAtMs && !told;
  return { ...attempt, unknown: attempt.unknown || mayHaveForgotten };
}
