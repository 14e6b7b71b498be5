/** Denies a run when the newest row behind the episode is too old to act on. */
import { formatDuration } from "../../duration.ts";
import { staleAfterMs } from "../../incidents/freshness.ts";
import { allowed, denied, elapsedMs, type Gate } from "./gate.ts";

export const fresh = {
  name: "fresh",
  needs: "nothing",
  judge: ({ nowMs, newestRowMs, cadenceMs, freshFloorMs }) => {
    const limitMs = staleAfterMs(cadenceMs, freshFloorMs);
    const ageMs = elapsedMs(nowMs, newestRowMs);
    // Written so that a time that is not a number denies.
    if (ageMs <= limitMs) return allowed;
    if (!Number.isFinite(ageMs))
      return denied("Nobody knows how old the rows behind the finding are.");
    return denied(
      `The newest row behind the finding is ${formatDuration(ageMs)} old, more than ${formatDuration(limitMs)}.`,
    );
  },
} as const satisfies Gate;
