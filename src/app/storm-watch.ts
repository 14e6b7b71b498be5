/** Starts the watch on storms, which one process at a time runs. */
import { watchStorms } from "../healing/storm-watch.ts";
import type { RecordOptions } from "../incidents/record-events.ts";
import { acquireLease } from "../store/leases/lease.ts";
import type { StoredParts } from "./parts.ts";

/** Longer than the time between two looks, so the process that looks keeps the lease. */
const leaseMs = 45_000;

export function buildStormWatch(
  { store, clock, lifecycle, logger, owner, config }: StoredParts,
  recording: RecordOptions,
): void {
  const stopping = new AbortController();
  const { storm } = config.healing;
  const lease = { name: "storm", owner, ttlMs: leaseMs };
  const working = watchStorms(
    {
      store,
      clock,
      recording,
      limits: config.fixes.length === 0 ? undefined : storm,
      mayLook: async () => (await acquireLease(store, lease)) !== undefined,
      logger: logger.child({ component: "healing" }),
    },
    stopping.signal,
  );
  lifecycle.onStop("storm watch", async () => {
    stopping.abort();
    await working;
  });
}
