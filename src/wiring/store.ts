/** Opens the store as configured. */
import { databaseUrl } from "../config/database.ts";
import { storeMetrics } from "../store/metrics.ts";
import { Retention } from "../store/retention.ts";
import { openStore, type Store } from "../store/store.ts";
import { storeSizeMetric } from "./metrics.ts";
import type { Parts } from "./parts.ts";

export interface WiredStore {
  readonly store: Store;
  /** Deletes what is older than configured, from now on. */
  startRetention(): void;
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
  return {
    store,
    startRetention: () => {
      retention.start();
      lifecycle.onStop("retention", () => retention.stop());
    },
  };
}
