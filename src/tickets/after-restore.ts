/**
 * Looks up tickets after the store was restored from a backup. What was decided since the backup is decided again, with
 * the same ids. But the store has forgotten which tickets were created, so these are looked for first. Runs are held
 * back by the gate `restored`.
 */
import { type Digest, isDigest, newestEpisode } from "../incidents/digest.ts";
import { standingOf } from "../incidents/episode.ts";
import type { Incident } from "../incidents/incident.ts";
import type { Attempt } from "../outbox/executor.ts";

/** @param restoredAtMs when the store was restored, ms since 1970; undefined when it never was */
export function lookedUpAfterRestore(
  incident: Incident | Digest,
  attempt: Attempt,
  restoredAtMs = Number.NEGATIVE_INFINITY,
): Attempt {
  const inDigest = !isDigest(incident) && incident.inDigest === true;
  const mayHaveForgotten =
    standingOf(newestEpisode(incident)).newestRowMs < restoredAtMs && !inDigest;
  return { ...attempt, unknown: attempt.unknown || mayHaveForgotten };
}
