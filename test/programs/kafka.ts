/** The tests' Apache Kafka: a real broker, and streams on it with settings for tests. */
import { pino } from "pino";
import { Registry } from "prom-client";
import { afterAll, beforeAll } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { describeError } from "../../src/errors.ts";
import { kafkaLacks, type SandboxKafka, startKafka } from "../../src/sandbox/kafka.ts";
import { kafkaMetrics } from "../../src/stream/kafka/metrics.ts";
import {
  type KafkaStream,
  type KafkaStreamOptions,
  openKafkaStream,
} from "../../src/stream/kafka/open-kafka-stream.ts";
import type { KnownTopic } from "../../src/stream/kafka/topic.ts";
import type { MarkerRecord } from "../../src/stream/record.ts";
import { leaveOut } from "./ci.ts";
import { patienceMs } from "./eventually.ts";
import { keptFolder } from "./kept.ts";

/** Whether tests can have a broker; what is missing for one is said in one line, and on CI it is an error. */
export async function kafkaForTests(): Promise<boolean> {
  const lacking = await kafkaLacks();
  return lacking === undefined || leaveOut(`tests on Apache Kafka. ${describeError(lacking)}`);
}

/** A broker of the tests' own; extra settings as the sandbox takes them. */
export async function startTestKafka(
  settings: Readonly<Record<string, string | number>> = {},
): Promise<SandboxKafka> {
  return startKafka({ ...(await keptFolder("kafka")), settings });
}

interface Broker {
  readonly brokers: readonly string[];
  stop(): Promise<void>;
}

export interface KafkaFixture<Started extends Broker> {
  /** Whether this machine can have a broker: tests that need one are left out otherwise. */
  readonly available: boolean;
  readonly broker: Started;
  readonly brokers: readonly string[];
}

/** A broker for the tests of this file, started before them and stopped after them, if this machine can have one. */
export async function withKafka<Started extends Broker>(
  start: () => Promise<Started>,
): Promise<KafkaFixture<Started>> {
  const available = await kafkaForTests();
  let broker: Started;
  beforeAll(async () => {
    if (available) broker = await start();
  });
  afterAll(async () => {
    if (available) await broker.stop();
  });
  return {
    available,
    get broker() {
      return broker;
    },
    get brokers() {
      return broker.brokers;
    },
  };
}

/** A store's memory of topics. */
export function rememberTopics(
  known: Map<string, KnownTopic> = new Map(),
): KafkaStreamOptions["rememberStream"] {
  return (topic, found) => {
    const stored = known.get(topic) ?? found;
    known.set(topic, stored);
    return Promise.resolve(stored);
  };
}

/** Opens a stream with settings for tests laid under the given ones. */
export async function openTestStream(
  options: Partial<KafkaStreamOptions> & { readonly brokers: readonly string[] },
): Promise<{ stream: KafkaStream; counted: (name: string) => Promise<number> }> {
  const registry = new Registry();
  const stream = await openKafkaStream({
    topic: `t-${crypto.randomUUID()}`,
    groupId: `g-${crypto.randomUUID()}`,
    partitions: 3,
    replication: 1,
    retentionMs: 86_400_000,
    sessionTimeoutMs: 3000,
    startupTimeoutMs: patienceMs,
    logger: pino({ level: process.env["KAFKA_TEST_LOG"] ?? "silent" }, pino.destination(2)),
    metrics: kafkaMetrics(registry),
    clock: systemClock,
    rememberStream: rememberTopics(),
    ...options,
  });
  const counted = async (name: string): Promise<number> => {
    const metric = await registry.getSingleMetric(`driftwarden_kafka_${name}_total`)?.get();
    return metric?.values[0]?.value ?? 0;
  };
  return { stream, counted };
}

/** A record that is known again by its time. */
export const marker = (model: string, at: number): MarkerRecord => ({
  kind: "marker",
  id: `${model}-${at}`,
  model,
  at,
  marker: "retrain",
});
