/** Sums up the blind times of a month, in which Driftwarden did not watch the models. Pure. */
import type { BlindTime } from "../store/month/blind.ts";
import type { Measure, MonthFacts } from "./month-facts.ts";

/** While it runs, the daemon gives a sign of life each minute. */
const silentAfterMs = 180_000;

/**
 * The total, and a part for each cause. Overlapping times count once in the total, so it may be less than the sum of
 * its parts. Time before blind times were recorded does not count.
 */
export function blindSum(facts: Pick<MonthFacts, "range" | "blind" | "reach">): Measure {
  const { range, blind, reach } = facts;
  const endMs = Math.min(range.endMs, reach.nowMs);
  const { watchedFromMs } = reach;
  if (watchedFromMs === null || watchedFromMs >= endMs)
    return { unit: "ms", value: null, parts: {}, why: "blind times were not recorded yet" };
  const startMs = Math.max(range.startMs, watchedFromMs);
  const all = [...blind, ...stillDown(facts)];
  const lengthOf = (times: readonly BlindTime[]): number => unionMs(times, { startMs, endMs });
  const parts = [...new Set(all.map(({ what }) => what))]
    .map((what) => [what, lengthOf(all.filter((one) => one.what === what))] as const)
    .filter(([, ms]) => ms > 0)
    .toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const why =
    startMs === range.startMs
      ? null
      : `recorded since ${new Date(startMs).toISOString().slice(0, 10)}`;
  return { unit: "ms", value: lengthOf(all), parts: Object.fromEntries(parts), why };
}

/** The blind time that lasts now, if no process runs. The next process that starts will record it. */
function stillDown({ reach }: Pick<MonthFacts, "reach">): readonly BlindTime[] {
  const { seenAtMs, nowMs } = reach;
  if (seenAtMs === null || nowMs - seenAtMs <= silentAfterMs) return [];
  return [{ what: "daemon", fromMs: seenAtMs, untilMs: nowMs }];
}

/** How long at least one of the times lasts, within the limits, ms. */
function unionMs(
  times: readonly BlindTime[],
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
): number {
  let total = 0;
  let coveredTo = startMs;
  for (const { fromMs, untilMs } of times.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const until = Math.min(untilMs, endMs);
    const from = Math.max(fromMs, coveredTo);
    if (until <= from) continue;
    total += until - from;
    coveredTo = until;
  }
  return total;
}
