/** Opens the configured stream: Kafka, or a log in the store. */

import { readCertificates, readPrivateKey } from "../config/certificate.ts";
import type { Config } from "../config/schema.ts";
import { readSecret } from "../config/secret.ts";
import { adoptStream, rememberStream } from "../store/streams/known-stream.ts";
import type { KafkaConnection } from "../stream/kafka/client.ts";
import { kafkaMetrics } from "../stream/kafka/metrics.ts";
import { openKafkaStream } from "../stream/kafka/open-kafka-stream.ts";
import type { KafkaSurvey } from "../stream/kafka/survey.ts";
import type { TlsTexts } from "../stream/kafka/tls.ts";
import { postgresLogMetrics } from "../stream/postgres/metrics.ts";
import { openPostgresLog } from "../stream/postgres/postgres-log.ts";
import type { RecordLog } from "../stream/record-log.ts";
import type { RecordSink } from "../stream/record-sink.ts";
import type { StoredParts } from "./parts.ts";

export type Stream = RecordSink & RecordLog;

type KafkaSettings = NonNullable<Config["stream"]["kafka"]>;
type Sasl = NonNullable<KafkaSettings["sasl"]>;

/** Name of the log in the store, and of the progress of its partitions. */
export const logName = "driftwarden";
const logLeaseMs = 10_000;

/** The name by which the store knows the progress in this stream. */
export function streamName(config: Config): string {
  return config.stream.kafka?.topic ?? logName;
}

/**
 * Where the brokers are and what the topic has to be; undefined when the log is in the store.
 */
export function kafkaOptions({ stream }: Config): Omit<KafkaSurvey, "logger"> | undefined {
  const { kafka, partitions } = stream;
  if (kafka === undefined) return undefined;
  const { sasl } = kafka;
  return {
    brokers: kafka.brokers,
    groupId: kafka.group,
    ssl: tlsOf(kafka.ssl),
    ...(sasl && { sasl: loginOf(sasl) }),
    topic: kafka.topic,
    partitions,
    replication: kafka.replication ?? -1,
    retentionMs: kafka.retention,
  };
}

function loginOf({
  mechanism,
  username,
  password_file: file,
}: Sasl): NonNullable<KafkaConnection["sasl"]> {
  return { mechanism, username, password: () => readSecret(file) };
}

/** The files are read at each connection, so renewed ones are used without a restart. */
function tlsOf(ssl: KafkaSettings["ssl"]): boolean | (() => TlsTexts) {
  if (typeof ssl === "boolean") return ssl;
  const { ca_file: ca, cert_file: cert, key_file: key } = ssl;
  return () => ({
    ...(ca !== undefined && { ca: readCertificates(ca) }),
    ...(cert !== undefined && { cert: readCertificates(cert) }),
    ...(key !== undefined && { key: readPrivateKey(key) }),
  });
}

export async function buildStream(parts: StoredParts): Promise<Stream> {
  const { config, store, lifecycle, health, registry, owner, clock } = parts;
  const logger = parts.logger.child({ component: "stream" });
  const kafka = kafkaOptions(config);
  if (config.stream.kafka === undefined || kafka === undefined) {
    const log = await openPostgresLog({
      store,
      name: logName,
      partitions: config.stream.partitions,
      owner,
      leaseMs: logLeaseMs,
      logger,
      metrics: postgresLogMetrics(registry),
    });
    const found = { id: log.streamId, partitions: log.partitions };
    const known = await rememberStream(store, logName, found);
    if (known.id !== found.id) {
      logger.warn(
        { known: known.id, found: found.id },
        "the log was made anew; it is read from its start",
      );
      await store.transaction((tx) => adoptStream(tx, logName, found));
    }
    health.register("stream", () => log.health());
    lifecycle.onStop("stream", () => log.close());
    return log;
  }
  const stream = await openKafkaStream({
    ...kafka,
    sessionTimeoutMs: config.stream.kafka.session_timeout,
    startupTimeoutMs: config.startup_timeout,
    rememberStream: (topic, found) => rememberStream(store, topic, found),
    clock,
    logger,
    metrics: kafkaMetrics(registry),
  });
  health.register("stream", () => stream.health());
  lifecycle.onStop("stream", () => stream.close());
  return stream;
}
