/** Denies a run for a time after the last attempt ended. In that time the attempt can show whether it helped. */
import { formatDuration } from "../../duration.ts";
import { allowed, deniedForNow, elapsedMs, type Gate, timeText } from "./gate.ts";

export const cooldown = {
  name: "cooldown",
  needs: "history",
  judge: ({ nowMs, fix, lastAttemptEndMs }) => {
    if (lastAttemptEndMs === undefined) return allowed;
    const leftMs = fix.cooldownMs - elapsedMs(nowMs, lastAttemptEndMs);
    // Written so that a time that is not a number denies.
    if (leftMs <= 0) return allowed;
    return deniedForNow(
      `The last attempt ended at ${timeText(lastAttemptEndMs)}, and the cooldown of ${formatDuration(fix.cooldownMs)} goes on for ${formatDuration(leftMs)}.`,
      Number.isFinite(leftMs) ? nowMs + leftMs : undefined,
    );
  },
} as const satisfies Gate;
