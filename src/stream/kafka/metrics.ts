/** Metrics of the stream on Kafka. */
import { Counter, Gauge, type Registry } from "prom-client";

/** `driftwarden_kafka_<key>_total` → what it counts. */
const counters = {
  records_produced: "Records that the brokers acknowledged.",
  records_consumed: "Records that detection has finished with.",
  records_set_aside: "Records that are too large for the topic, one row each, and are left out.",
  sends:
    "Produce calls tried, each for one partition, also when no broker could be reached for it.",
  send_failures: "Produce calls that failed; their records are sent again.",
  deliveries: "Batches handed to detection.",
  delivery_failures: "Batches that detection rejected; they are delivered again.",
  group_joins: "Times that the consumer group gave this process its partitions (a rebalance).",
  consumer_rebuilds: "Consumers that were replaced by a new one after a crash or a stall.",
  gaps: "Times that records were missing between two offsets, usually deleted by retention unread.",
} as const;

export type KafkaMetrics = ReturnType<typeof kafkaMetrics>;

/** @param registry where they are registered */
export function kafkaMetrics(registry: Registry): {
  readonly count: (name: keyof typeof counters, by?: number) => void;
  /** Records in a partition of this process that detection has not processed yet. */
  readonly lag: Gauge<"partition">;
} {
  const registers = [registry];
  const made = new Map(
    Object.entries(counters).map(([key, help]) => [
      key,
      new Counter({ name: `driftwarden_kafka_${key}_total`, help, registers }),
    ]),
  );
  return {
    count: (name, by = 1) => made.get(name)?.inc(by),
    lag: new Gauge({
      name: "driftwarden_kafka_lag_records",
      help: "Records in a partition of ours that detection has not finished with.",
      labelNames: ["partition"],
      registers,
    }),
  };
}
