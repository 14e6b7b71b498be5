/** Metrics of the stream in the store. */
import { Counter, Gauge, type Registry } from "prom-client";

/** `driftwarden_log_<key>_total` → what it counts. */
const counters = {
  appends: "Append calls tried, each one transaction.",
  append_failures: "Append calls that failed; their records are sent again.",
  appended_records: "Records appended, a tick once for each partition.",
  reads: "Reads of a partition tried.",
  read_failures: "Reads of a partition that failed; they are tried again.",
  deliveries: "Batches handed to detection.",
  delivery_failures: "Batches that detection rejected; they are delivered again.",
  delivered_records: "Records that detection has finished with.",
  assignments: "Partitions handed to detection, tries included.",
  assignment_failures:
    "Partitions that detection could not take over; they are handed to it again.",
  balances: "Rounds of sharing the partitions with the other processes.",
  balance_failures: "Rounds of sharing the partitions that failed.",
} as const;

type Lags = () => Promise<ReadonlyMap<number, number>>;

export type LogCounter = keyof typeof counters;
export type PostgresLogMetrics = ReturnType<typeof postgresLogMetrics>;

/** @param registry where they are registered */
export function postgresLogMetrics(registry: Registry): {
  readonly count: (name: LogCounter, by?: number) => void;
  readonly held: Gauge;
  /** @param lags partition → records that detection has not processed yet; called at each scrape */
  readonly showLag: (lags: Lags) => void;
} {
  const registers = [registry];
  const made = new Map(
    Object.entries(counters).map(([key, help]) => [
      key,
      new Counter({ name: `driftwarden_log_${key}_total`, help, registers }),
    ]),
  );
  return {
    showLag: (lags) => showLag(registry, lags),
    count: (name, by = 1) => made.get(name)?.inc(by),
    held: new Gauge({
      name: "driftwarden_log_held_partitions",
      help: "Partitions of the stream that this process reads.",
      registers,
    }),
  };
}

/**
 * Registers the lag. It has no value while the store does not answer. A log that is opened again replaces the metric.
 */
function showLag(registry: Registry, lags: Lags): void {
  registry.removeSingleMetric(lagName);
  registry.registerMetric(
    new Gauge({
      name: lagName,
      help: "Records in a partition of ours that detection has not finished with.",
      labelNames: ["partition"],
      registers: [],
      async collect() {
        const known = await lags().catch(() => new Map<number, number>());
        this.reset();
        for (const [partition, lag] of known) this.set({ partition: String(partition) }, lag);
      },
    }),
  );
}

const lagName = "driftwarden_log_lag_records";
