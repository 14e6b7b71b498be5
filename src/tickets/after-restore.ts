/**
 * Tickets of a store that was restored from a backup. It decides again what it had decided since the backup was made,
 * by the same ids, but has forgotten that it told anybody: such tickets are looked up first. Runs have a gate for it.
 */

import type { Incident } from "../incidents/incident.ts";
import type { EffectHandlers } from "../outbox/executor.ts";

/** @param restoredAtMs of the store, ms since 1970; undefined while it never was restored */
export function lookedUpAfterRestore(
  open: EffectHandlers["ticket.open"],
  restoredAtMs: () => number | undefined,
): EffectHandlers["ticket.open"] {
  const mayHaveForgotten = ({ episode, inSummary }: Incident): boolean =>
    episode.newestRow / 1000 < (restoredAtMs() ?? Number.NEGATIVE_INFINITY) && inSummary !== true;
  return (effect, incident, attempt) => {
    const unknown = attempt.unknown || mayHaveForgotten(incident);
    return open(effect, incident, { ...attempt, unknown });
  };
}
