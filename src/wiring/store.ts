/** Opens the store as configured. */
import { databaseUrl } from "../config/database.ts";
import { storeMetrics } from "../store/metrics.ts";
import { openStore, type Store } from "../store/store.ts";
import { storeSizeMetric } from "./metrics.ts";
import type { Parts } from "./parts.ts";

export async function wireStore({ config, logger, registry, lifecycle }: Parts): Promise<Store> {
  const store = await openStore({
    url: databaseUrl(config.store),
    schema: config.store.schema,
    logger: logger.child({ component: "store" }),
    metrics: storeMetrics(registry),
    startupTimeoutMs: config.startup_timeout,
  });
  storeSizeMetric(registry, () => store.sizeBytes());
  lifecycle.onStop("store", () => store.close());
  return store;
}
