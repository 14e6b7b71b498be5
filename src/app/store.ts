/** Opens the store as configured. */
import { type Clock, systemClock } from "../clock.ts";
import { databaseUrl } from "../config/database.ts";
import { storeMetrics, storeSizeMetric } from "../store/metrics.ts";
import { Presence } from "../store/presence/watch.ts";
import { Retention } from "../store/retention.ts";
import { openStore, type Store } from "../store/store.ts";
import { followStoreClock } from "../store/store-clock.ts";
import type { Parts } from "./parts.ts";

export interface WiredStore {
  readonly store: Store;
  /** The store's own, unless another was asked for. */
  readonly clock: Clock;
  /** Says that the daemon uses it, and deletes what is older than configured, from now on. */
  startHousekeeping(): Promise<Presence>;
}

/** @param asked bends time for the demo */
export async function wireStore(parts: Parts, asked?: Clock): Promise<WiredStore> {
  const { config, registry, lifecycle } = parts;
  const logger = parts.logger.child({ component: "store" });
  const metrics = storeMetrics(registry);
  const store = await openStore({
    url: databaseUrl(config.store),
    schema: config.store.schema,
    logger,
    metrics,
    startupTimeoutMs: config.startup_timeout,
  });
  storeSizeMetric(registry, () => store.sizeBytes());
  lifecycle.onStop("store", () => store.close());
  const clock = asked ?? (await followed(store, { logger, lifecycle }));
  const { decisions, outbox, journal } = config.retention;
  const keepMs = { decisions, outbox, journal };
  const retention = new Retention({ ...parts, clock, store, keepMs, logger, metrics });
  const presence = new Presence({ store, clock: systemClock, logger, metrics });
  return {
    store,
    clock,
    startHousekeeping: async () => {
      await presence.start();
      lifecycle.onStop("presence", () => presence.stop());
      retention.start();
      lifecycle.onStop("retention", () => retention.stop());
      return presence;
    },
  };
}

async function followed(
  store: Store,
  { logger, lifecycle }: Pick<Parts, "logger" | "lifecycle">,
): Promise<Clock> {
  const clock = await followStoreClock({ store, logger });
  lifecycle.onStop("clock", async () => clock.stop());
  return clock;
}
