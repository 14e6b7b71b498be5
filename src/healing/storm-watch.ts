/** Watches for storms: opens the one incident of a storm, and closes it when the storm is over. */
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import { type RecordOptions, recordEvents } from "../incidents/record-events.ts";
import type { Queryable } from "../store/query.ts";
import { lockBudgets } from "../store/runs/budget.ts";
import { openEpisodeOf, stormNames, stormSince } from "../store/runs/storm.ts";
import type { Store } from "../store/store.ts";
import type { StormLimits } from "./gates/gate-facts.ts";
import { stormWindowMs } from "./gates/storm.ts";
import { type StormSeen, stormEvent, stormFingerprint } from "./storm-incident.ts";

export interface StormWatchOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly recording: RecordOptions;
  /** Left out: nothing counts as a storm. An incident of an earlier configuration is closed. */
  readonly limits: StormLimits | undefined;
  /** Whether this process is the one that watches. */
  readonly mayLook: () => Promise<boolean>;
}

const everyMs = 15_000;

/** Checks for a storm repeatedly until the signal aborts. Without limits it checks once. */
export async function watchStorms(
  options: StormWatchOptions,
  stopping: AbortSignal,
): Promise<void> {
  const { clock, logger, limits, mayLook } = options;
  let failed = false;
  let isDone = false;
  while (!stopping.aborted && !isDone) {
    try {
      if (await mayLook()) {
        await lookForStorm(options);
        isDone = limits === undefined;
      }
      failed = false;
    } catch (err) {
      if (!failed) logger.warn({ err }, "looking for a storm failed; it is tried again");
      failed = true;
    }
    if (!isDone) await clock.sleep(everyMs, stopping);
  }
}

/** Checks for a storm once. If two processes check at the same time, the second waits and finds the incident open. */
export async function lookForStorm({
  store,
  clock,
  recording,
  limits,
}: Pick<StormWatchOptions, "store" | "clock" | "recording" | "limits">): Promise<void> {
  if (stormEvent(limits, await seenBy(store, clock.now())) === undefined) return;
  await store.transaction(async (tx) => {
    await lockBudgets(tx);
    const event = stormEvent(limits, await seenBy(tx, clock.now()));
    if (event !== undefined) await recordEvents(tx, [{ event }], recording);
  });
}

async function seenBy(q: Queryable, nowMs: number): Promise<StormSeen> {
  const sinceMs = nowMs - stormWindowMs;
  return {
    nowMs,
    counts: await stormSince(q, sinceMs),
    ...(await stormNames(q, sinceMs)),
    open: await openEpisodeOf(q, stormFingerprint),
  };
}
