/**
 * Effects of a store that was restored from a backup. It decides again what it had decided since the backup was made,
 * by the same ids, but has forgotten that it acted: such tickets are looked up first, and such runs are refused.
 */
import type { EffectHandlers } from "../incidents/effect-handler.ts";
import type { Incident } from "../incidents/incident.ts";

/** @param restoredAtMs of the store, ms since 1970; undefined while it never was restored */
export function withCareAfterRestore(
  handlers: EffectHandlers,
  restoredAtMs: () => number | undefined,
): EffectHandlers {
  const mayHaveForgotten = ({ episode }: Incident): boolean =>
    episode.newestRow / 1000 < (restoredAtMs() ?? Number.NEGATIVE_INFINITY);
  return {
    ...handlers,
    "ticket.open": (effect, incident, attempt) => {
      const forgotten = mayHaveForgotten(incident) && incident.inSummary !== true;
      const unknown = attempt.unknown || forgotten;
      return handlers["ticket.open"](effect, incident, { ...attempt, unknown });
    },
    "run.start": async (effect, incident, attempt) => {
      if (!mayHaveForgotten(incident)) return handlers["run.start"](effect, incident, attempt);
      const run = {
        id: `${effect.fix}:${effect.episode}`,
        fix: effect.fix,
        remediation: "none",
        target: undefined,
        atMs: incident.lastSeenAtMs,
        status: "denied",
        gate: "restored",
        detail:
          "The store was restored after this began, so it is not known whether the fix has run already.",
      } as const;
      return [{ type: "run_changed", run }];
    },
  };
}
