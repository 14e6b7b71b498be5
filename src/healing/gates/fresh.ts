/** Nobody repairs by old news: the rows behind the finding must be recent. */
import { formatDuration } from "../../duration.ts";
import { staleAfterMs } from "../../incidents/freshness.ts";
import { allowed, denied, elapsedMs, type Gate } from "./gate.ts";

export const fresh = {
  name: "fresh",
  needs: "nothing",
  judge: ({ nowMs, newestRowMs, cadenceMs, freshFloorMs }) => {
    const limitMs = staleAfterMs(cadenceMs, freshFloorMs);
    const ageMs = elapsedMs(nowMs, newestRowMs);
    // Written so that a time that is no number is not fresh.
    if (ageMs <= limitMs) return allowed;
    if (!Number.isFinite(ageMs))
      return denied("Nobody knows how old the rows behind the finding are.");
    return denied(
      `The newest row behind the finding is ${formatDuration(ageMs)} old, more than ${formatDuration(limitMs)}.`,
    );
  },
} as const satisfies Gate;
