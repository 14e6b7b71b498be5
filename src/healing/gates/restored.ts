/**
 * Denies runs after the store was restored from a backup, because the store lacks the runs since the backup.
 *
 * # What is denied
 *
 *     newestRow < restoredAt                       this episode may have had its run already
 *     now ≤ restoredAt + max(windows, cooldown)    the budgets and the cooldown may be used up already
 *
 * The second rule denies every run of the fix. It ends by itself: after that time no lost run can be within the window
 * or the cooldown. A person who knows that no run was lost ends both rules with `driftwarden restored
 * --forgot-nothing`.
 */
import { formatDuration } from "../../duration.ts";
import { longestWindowMs } from "../budgets.ts";
import { allowed, denied, deniedForNow, elapsedMs, type Gate, timeText } from "./gate.ts";

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
    const holdMs = Math.max(longestWindowMs(fix.budgets), fix.cooldownMs);
    if (elapsedMs(nowMs, restoredAtMs) > holdMs) return allowed;
    return deniedForNow(
      `${since}: it is not known how often ${fix.name} has run in the ${formatDuration(holdMs)} before ${timeText(nowMs)}. It may run after ${timeText(restoredAtMs + holdMs)}, or once \`driftwarden restored --forgot-nothing\` says that nothing was forgotten.`,
      "later",
    );
  },
} as const satisfies Gate;
