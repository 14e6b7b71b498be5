/** A store that was restored from a backup has forgotten the runs since: nothing runs that they might forbid. */
import { formatDuration } from "../../duration.ts";
import { allowed, denied, deniedForNow, elapsedMs, type Gate, timeText } from "./gate.ts";

/**
 * Denies a finding whose rows are older than the restore, since its run may have been made already; and, until the
 * longer of the fix's window and cooldown has passed since the restore, every run, since nobody knows what of the
 * budget is used. After that what was forgotten counts no more. `driftwarden restored --forgot-nothing` ends it.
 */
export const restored = {
  name: "restored",
  needs: "nothing",
  judge: ({ nowMs, restoredAtMs, newestRowMs, fix }) => {
    if (restoredAtMs === undefined) return allowed;
    const since = `The store was restored, or not used for a while, until ${timeText(restoredAtMs)}`;
    // Written so that a time that is no number denies.
    if (!(newestRowMs >= restoredAtMs)) {
      return denied(`${since}: it is not known whether ${fix.name} has run for this already.`);
    }
    const holdMs = Math.max(fix.windowMs, fix.cooldownMs);
    if (elapsedMs(nowMs, restoredAtMs) > holdMs) return allowed;
    return deniedForNow(
      `${since}: it is not known how often ${fix.name} has run in the ${formatDuration(holdMs)} before ${timeText(nowMs)}. It may run after ${timeText(restoredAtMs + holdMs)}, or once \`driftwarden restored --forgot-nothing\` says that nothing was forgotten.`,
      "later",
    );
  },
} as const satisfies Gate;
