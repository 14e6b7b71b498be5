/** So many attempts within any window of this length, whatever became of them: a rolling window, not a calendar day. */
import { formatDuration } from "../../duration.ts";
import { allowed, denied, deniedForNow, elapsedMs, type Gate, timeText } from "./gate.ts";

/**
 * An attempt exactly as old as the window still counts: two attempts that far apart lie in one window.
 *
 * An attempt in the future, left by a clock that was ahead, counts as made now.
 */
export const budget = {
  name: "budget",
  needs: "history",
  judge: ({ nowMs, fix, attempts }) => {
    // Written so that a time that is no number counts.
    const used = attempts.filter((atMs) => !(elapsedMs(nowMs, atMs) > fix.windowMs));
    if (used.length < fix.maxRuns) return allowed;
    const window = formatDuration(fix.windowMs);
    const limit = `${used.length} of ${fix.maxRuns} attempts within ${window} are used`;
    const freed = used.toSorted((a, b) => b - a)[fix.maxRuns - 1];
    if (freed === undefined) return denied(`${limit}: ${fix.name} is allowed none.`);
    const freeAtMs = freed + fix.windowMs;
    return deniedForNow(
      `${limit}; the next is possible after ${timeText(freeAtMs)}.`,
      Number.isFinite(freeAtMs) ? freeAtMs + 1 : undefined,
    );
  },
} as const satisfies Gate;
