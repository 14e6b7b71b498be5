import { pino } from "pino";
import { Registry } from "prom-client";
import { expect, it } from "vitest";
import { KafkaAppender } from "../../../src/stream/kafka/appender.ts";
import { kafkaClient } from "../../../src/stream/kafka/client.ts";
import { kafkaMetrics } from "../../../src/stream/kafka/metrics.ts";
import { StreamHealth } from "../../../src/stream/kafka/stream-health.ts";

it("a broker that cannot be reached counts as a failed send of each partition, and readiness says what to do", async () => {
  const logger = pino({ level: "silent" });
  const registry = new Registry();
  const health = new StreamHealth(logger);
  // Nothing listens on port 1.
  const connection = { brokers: ["127.0.0.1:1"], logger };
  const appender = new KafkaAppender(
    kafkaClient(connection, { sessionTimeoutMs: 3000, retries: 0 }),
    {
      topic: "t",
      partitions: 2,
      streamId: "s",
      maxMessageBytes: 1_000_000,
      health,
      metrics: kafkaMetrics(registry),
      logger,
    },
  );
  const tick = { kind: "tick", source: "main", watermark: 1, clock: 1 } as const;
  await expect(appender.append([tick])).rejects.toMatchObject({ code: "DW_STREAM_APPEND_FAILED" });
  await appender.close();
  const text = await registry.metrics();
  expect(text).toContain("driftwarden_kafka_sends_total 2");
  expect(text).toContain("driftwarden_kafka_send_failures_total 2");
  expect(health.health().reason).toContain("Check that the brokers are up");
});
