import { type Logger, pino } from "pino";
import { Registry } from "prom-client";
import { expect, it } from "vitest";
import { KafkaAppender } from "../../../src/stream/kafka/appender.ts";
import { kafkaClient } from "../../../src/stream/kafka/client.ts";
import { FatalStop } from "../../../src/stream/kafka/fatal-stop.ts";
import { kafkaMetrics } from "../../../src/stream/kafka/metrics.ts";
import { StreamHealth } from "../../../src/stream/stream-health.ts";

function appenderOf(connection: { readonly brokers: readonly string[]; readonly logger: Logger }) {
  const registry = new Registry();
  const health = new StreamHealth();
  const appender = new KafkaAppender(
    kafkaClient(connection, { sessionTimeoutMs: 3000, retries: 0 }),
    {
      topic: "t",
      partitions: 2,
      streamId: "s",
      maxMessageBytes: 3000,
      health,
      fatal: new FatalStop(connection.logger),
      metrics: kafkaMetrics(registry),
      logger: connection.logger,
    },
  );
  return { appender, health, registry };
}

// Nothing listens on port 1.
const nobody = { brokers: ["127.0.0.1:1"], logger: pino({ level: "silent" }) };

it("a row that is too large for the topic is set aside, counted and told as one row (FR-K4)", async () => {
  const { appender, registry } = appenderOf(nobody);
  const row = { ts: 1, feature: "f".repeat(4000), importance: 1, tid: 1 };
  const record = { kind: "rows", model: "m", source: "main", level: 0, window: 1 } as const;
  expect(await appender.append([{ ...record, rows: [row, { ...row, tid: 2 }] }])).toBe(2);
  expect(await registry.metrics()).toContain("driftwarden_kafka_records_set_aside_total 2");
  const history = { kind: "history", model: "m", source: "main", last: false } as const;
  expect(await appender.append([{ ...history, rows: [row] }])).toBe(1);
  await appender.close();
});

it("a broker that cannot be reached counts as a failed send of each partition, and readiness says what to do", async () => {
  const { appender, health, registry } = appenderOf(nobody);
  const tick = { kind: "tick", source: "main", watermark: 1, clock: 1 } as const;
  await expect(appender.append([tick])).rejects.toMatchObject({ code: "DW_STREAM_APPEND_FAILED" });
  await appender.close();
  const text = await registry.metrics();
  expect(text).toContain("driftwarden_kafka_sends_total 2");
  expect(text).toContain("driftwarden_kafka_send_failures_total 2");
  expect(health.health().reason).toContain("Check that the brokers are up");
});
