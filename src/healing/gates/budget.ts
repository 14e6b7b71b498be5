/** Denies a run when the fix has used up its attempts in the rolling window. Failed attempts count too. */
import { formatDuration } from "../../duration.ts";
import { allowed, denied, deniedForNow, elapsedMs, type Gate, timeText } from "./gate.ts";

/**
 * An attempt that is exactly as old as the window still counts. An attempt in the future, written under a clock that
 * was ahead, counts as made now.
 */
export const budget = {
  name: "budget",
  needs: "history",
  judge: ({ nowMs, fix, attempts }) => {
    // Written so that an attempt whose time is not a number counts.
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
