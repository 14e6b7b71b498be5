/** An attempt needs time to show whether it helped: rest, counted from its end. */
import { formatDuration } from "../../duration.ts";
import { allowed, deniedForNow, elapsedMs, type Gate, timeText } from "./gate.ts";

export const cooldown = {
  name: "cooldown",
  needs: "history",
  judge: ({ nowMs, fix, lastAttemptEndMs }) => {
    if (lastAttemptEndMs === undefined) return allowed;
    const leftMs = fix.cooldownMs - elapsedMs(nowMs, lastAttemptEndMs);
    // Written so that a time that is no number never ends the rest.
    if (leftMs <= 0) return allowed;
    return deniedForNow(
      `The last attempt ended at ${timeText(lastAttemptEndMs)}, and the cooldown of ${formatDuration(fix.cooldownMs)} goes on for ${formatDuration(leftMs)}.`,
      Number.isFinite(leftMs) ? nowMs + leftMs : undefined,
    );
  },
} as const satisfies Gate;
