/** Opens the configured store, and builds the parts that keep it in order. */
import { type Clock, systemClock } from "../clock.ts";
import { databaseUrl } from "../config/database.ts";
import { acceptAtFirst } from "../store/journal/accept-rows.ts";
import { storeMetrics, storeSizeMetric } from "../store/metrics.ts";
import { RestoreGuard } from "../store/restore/restore-guard.ts";
import { Retention } from "../store/retention.ts";
import { openStore, type Store, type StoreOptions } from "../store/store.ts";
import { followStoreClock } from "../store/store-clock.ts";
import type { Parts, StoredParts } from "./parts.ts";

/**
 * Opens the store. The parts that are built after it use the clock of the store.
 *
 * @param asked used instead of that clock, for the demo
 */
export async function buildStore(parts: Parts, asked?: Clock): Promise<StoredParts> {
  const logger = componentLogger(parts);
  const metrics = storeMetrics(parts.registry);
  const store = await opened(parts, { metrics });
  storeSizeMetric(parts.registry, () => store.sizeBytes());
  const clock = asked ?? (await ownClock(parts, store));
  const accepted = await acceptAtFirst(store, clock.now());
  if (accepted !== undefined)
    logger.info({ rows: accepted }, "rows of an older program are sealed as they stand");
  return { ...parts, store, clock, storeMetrics: metrics };
}

/** Opens the store for a command that only reads: no migration, no seal, no write. */
export function storeToRead(parts: Parts): Promise<Store> {
  return opened(parts, { metrics: storeMetrics(parts.registry), readOnly: true });
}

async function opened(
  parts: Parts,
  how: Pick<StoreOptions, "metrics" | "readOnly">,
): Promise<Store> {
  const { config, lifecycle } = parts;
  const store = await openStore({
    url: databaseUrl(config.store),
    schema: config.store.schema,
    logger: componentLogger(parts),
    startupTimeoutMs: config.startup_timeout,
    onRefused: parts.onFatal,
    ...how,
  });
  lifecycle.onStop("store", () => store.close());
  return store;
}

async function ownClock(parts: Parts, store: Store): Promise<Clock> {
  const clock = await followStoreClock({ store, logger: componentLogger(parts) });
  parts.lifecycle.onStop("clock", async () => clock.stop());
  return clock;
}

/** Records regularly that the daemon uses the store, and notices that the store was restored. */
export async function buildRestoreGuard(parts: StoredParts): Promise<RestoreGuard> {
  const { store, storeMetrics: metrics, lifecycle } = parts;
  const restoreGuard = new RestoreGuard({
    store,
    clock: systemClock,
    logger: componentLogger(parts),
    metrics,
    owner: parts.owner,
  });
  await restoreGuard.start();
  lifecycle.onStop("restore guard", () => restoreGuard.stop());
  return restoreGuard;
}

/** Deletes what is older than configured. */
export function buildRetention(parts: StoredParts): void {
  const { config, clock, store, storeMetrics: metrics, lifecycle, owner } = parts;
  const { decisions, outbox, journal } = config.retention;
  const retention = new Retention({
    store,
    clock,
    owner,
    keepMs: { decisions, outbox, journal },
    logger: componentLogger(parts),
    metrics,
  });
  retention.start();
  lifecycle.onStop("retention", () => retention.stop());
}

const componentLogger = ({ logger }: Parts): Parts["logger"] =>
  logger.child({ component: "store" });
