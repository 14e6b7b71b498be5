/**
 * Looks up tickets after the store was restored from a backup. The store decides again, with the same ids, what it had
 * decided since the backup. But it has forgotten which tickets it created, so these are looked for first. Runs are
 * held back by the gate `restored`.
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
