/** The store's metrics. */
import { Counter, Gauge, type Registry } from "prom-client";

export interface StoreMetrics {
  readonly transactions: Counter;
  readonly transactionFailures: Counter<"reason">;
  readonly listens: Counter;
  readonly listenFailures: Counter;
  readonly restoredAt: Gauge;
  readonly rowsDeleted: Counter<"table">;
  readonly retentionRounds: Counter;
  readonly retentionFailures: Counter;
}

export function storeMetrics(registry: Registry): StoreMetrics {
  const registers = [registry];
  return {
    transactions: new Counter({
      name: "driftwarden_store_transactions_total",
      help: "Transactions begun in the store, tries included.",
      registers,
    }),
    transactionFailures: new Counter({
      name: "driftwarden_store_transaction_failures_total",
      help: "Transactions that did not commit, or whose outcome is unknown, by reason; after_commit: it committed, and what was to follow failed.",
      labelNames: ["reason"] as const,
      registers,
    }),
    listens: new Counter({
      name: "driftwarden_store_listen_connects_total",
      help: "Attempts to connect the client that listens for notifications.",
      registers,
    }),
    listenFailures: new Counter({
      name: "driftwarden_store_listen_connect_failures_total",
      help: "Attempts to connect the listening client that failed; polling goes on meanwhile.",
      registers,
    }),
    restoredAt: new Gauge({
      name: "driftwarden_store_restored_timestamp_seconds",
      help: "When the store was last restored from a backup, or may have been; 0 if it never was. Afterwards the gate restored denies runs for a while.",
      registers,
    }),
    rowsDeleted: new Counter({
      name: "driftwarden_store_rows_deleted_total",
      help: "Rows deleted because they were older than retention allows, by table.",
      labelNames: ["table"] as const,
      registers,
    }),
    retentionRounds: new Counter({
      name: "driftwarden_store_retention_rounds_total",
      help: "Searches for rows that are older than retention allows.",
      registers,
    }),
    retentionFailures: new Counter({
      name: "driftwarden_store_retention_failures_total",
      help: "Searches for old rows that failed; they are repeated an hour later.",
      registers,
    }),
  };
}

/** How long a size is reused. Summing the sizes reads the catalogue, which is too slow for every scrape. */
const keptMs = 30_000;

/**
 * Shows the size of the store. The metric has no value while the store cannot be read.
 *
 * @param sizeBytes called at most every 30 s
 */
export function storeSizeMetric(registry: Registry, sizeBytes: () => Promise<number>): void {
  let askedAt = Number.NEGATIVE_INFINITY;
  new Gauge({
    name: "driftwarden_store_bytes",
    help: "Bytes on disk of the store's tables, with indexes; at most 30 s old.",
    registers: [registry],
    async collect() {
      if (performance.now() - askedAt < keptMs) return;
      askedAt = performance.now();
      const bytes = await sizeBytes().catch(() => undefined);
      if (bytes === undefined) this.remove();
      else this.set(bytes);
    },
  }).remove();
}
