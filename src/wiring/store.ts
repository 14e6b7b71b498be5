/** Opens the store as configured. */
import { systemClock } from "../clock.ts";
import { databaseUrl } from "../config/database.ts";
import { storeMetrics } from "../store/metrics.ts";
import { Presence } from "../store/presence/watch.ts";
import { Retention } from "../store/retention.ts";
import { openStore, type Store } from "../store/store.ts";
import { storeSizeMetric } from "./metrics.ts";
import type { Parts } from "./parts.ts";

export interface WiredStore {
  readonly store: Store;
  /** Says that the daemon uses it, and deletes what is older than configured, from now on. */
  startHousekeeping(): Promise<Presence>;
}

export async function wireStore(parts: Parts): Promise<WiredStore> {
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
  const { decisions, outbox, journal } = config.retention;
  const keepMs = { decisions, outbox, journal };
  const retention = new Retention({ ...parts, store, keepMs, logger, metrics });
  const presence = new Presence({ store, clock: systemClock, logger });
  return {
    store,
    startHousekeeping: async () => {
      await presence.start();
      lifecycle.onStop("presence", () => presence.stop());
      retention.start();
      lifecycle.onStop("retention", () => retention.stop());
      return presence;
    },
  };
}
