/** Opens the stream on Kafka, which is one topic. Checks regularly that the topic is still the same. */

import type { Admin, Kafka, KafkaMessage } from "kafkajs";
import type { Clock } from "../../clock.ts";
import { DriftwardenError } from "../../errors.ts";
import { type Health, healthOf } from "../../health.ts";
import { decodeRecord } from "../codec.ts";
import type { StreamRecord } from "../record.ts";
import type { LogEntry, PartitionReader, RecordLog, Subscription } from "../record-log.ts";
import type { RecordSink } from "../record-sink.ts";
import { StreamHealth } from "../stream-health.ts";
import { KafkaAppender } from "./appender.ts";
import { type KafkaConnection, kafkaClient, ReconnectingClient } from "./client.ts";
import { diagnosed } from "./diagnosis.ts";
import { FatalStop } from "./fatal-stop.ts";
import { GroupSubscription } from "./group-subscription.ts";
import type { KafkaMetrics } from "./metrics.ts";
import { streamHeader } from "./sends.ts";
import { boundedTick } from "./tick-bound.ts";
import {
  type OpenedTopic,
  openTopic,
  type RememberTopic,
  readIdentity,
  recreated,
  type TopicSpec,
  truncated,
} from "./topic.ts";
import { atMost, backOff } from "./waiting.ts";

export interface KafkaStreamOptions extends KafkaConnection, TopicSpec {
  /** Processes with the same group id share the partitions. */
  readonly groupId: string;
  /** A process without heartbeats for this time loses its partitions. Default 30 s. */
  readonly sessionTimeoutMs?: number;
  /**
   * How often a running process checks whether the topic was re-created, and reads its limit of a batch. Default 30 s.
   */
  readonly identityCheckMs?: number;
  /** How long to wait for the brokers at the start. */
  readonly startupTimeoutMs: number;
  readonly metrics: KafkaMetrics;
  readonly clock: Pick<Clock, "at">;
  readonly rememberStream: RememberTopic;
}

const grownHint =
  "Records go to as many partitions as stream.partitions says, and the others stay empty. For more partitions set stream.partitions and name a new topic: models would change their partition.";

/**
 * Connects, creates or checks the topic, and compares its stream id with the stored one.
 *
 * @throws KafkaStreamError at once: DW_STREAM_TOPIC_MISMATCH, DW_STREAM_TOPIC_REFUSED, DW_STREAM_RECREATED. After
 *   `startupTimeoutMs`: DW_STREAM_UNREACHABLE, or the cause that diagnosis.ts finds. Also every error of
 *   `rememberStream`
 */
export async function openKafkaStream(options: KafkaStreamOptions): Promise<KafkaStream> {
  const sessionTimeoutMs = options.sessionTimeoutMs ?? 30_000;
  const client = kafkaClient(options, { sessionTimeoutMs, retries: 4 });
  const admin = new ReconnectingClient(() => client.admin());
  try {
    const opened = await openWithin(admin, options);
    const { unused } = opened;
    if (unused > 0) options.logger.warn({ unused, hint: grownHint }, "the topic has grown");
    return new KafkaStream({ ...options, ...opened, sessionTimeoutMs, client, admin });
  } catch (error) {
    await atMost(1000, admin.close());
    throw error;
  }
}

async function openWithin(
  admin: ReconnectingClient<Admin>,
  options: KafkaStreamOptions,
): Promise<OpenedTopic> {
  const timeout = AbortSignal.timeout(options.startupTimeoutMs);
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await admin.use((client) => openTopic(client, options, options.rememberStream));
    } catch (error) {
      const final = error instanceof DriftwardenError && !error.retryable;
      if (final) throw error;
      if (attempt === 0) options.logger.warn({ err: error }, "kafka is not ready");
      await backOff(attempt, timeout);
      if (!timeout.aborted) continue;
      throw await diagnosed(error, options);
    }
  }
}

interface StreamParts extends KafkaStreamOptions, OpenedTopic {
  readonly sessionTimeoutMs: number;
  readonly client: Kafka;
  readonly admin: ReconnectingClient<Admin>;
}

/** The stream on Kafka; see {@link openKafkaStream}. */
export class KafkaStream implements RecordSink, RecordLog {
  readonly partitions: number;
  readonly streamId: string;
  readonly #parts: StreamParts;
  readonly #health = new StreamHealth();
  readonly #fatal: FatalStop;
  readonly #appender: KafkaAppender;
  readonly #subscriptions = new Set<Subscription>();
  readonly #identityChecks: NodeJS.Timeout;

  constructor(parts: StreamParts) {
    this.#parts = parts;
    this.partitions = parts.partitions;
    this.streamId = parts.streamId;
    this.#fatal = new FatalStop(parts.logger);
    const [health, fatal] = [this.#health, this.#fatal];
    this.#appender = new KafkaAppender(parts.client, { ...parts, health, fatal });
    const everyMs = parts.identityCheckMs ?? 30_000;
    this.#identityChecks = setInterval(() => void this.#checkIdentity(), everyMs);
    this.#identityChecks.unref();
  }

  append(records: readonly StreamRecord[]): Promise<number> {
    return this.#appender.append(records);
  }

  /**
   * Joins the consumer group in the background, and repeats the join after failures. `health` is not ok until the group
   * is joined.
   */
  subscribe(reader: PartitionReader): Promise<Subscription> {
    const { topic, groupId, sessionTimeoutMs, metrics, logger } = this.#parts;
    const group = new GroupSubscription({
      // Enough retries to keep the partitions during a broker's restart.
      kafka: kafkaClient(this.#parts, { sessionTimeoutMs, retries: 10 }),
      topic,
      partitions: this.partitions,
      groupId,
      sessionTimeoutMs,
      metrics,
      logger,
      health: this.#health,
      fatal: this.#fatal,
      partition: {
        reader,
        metrics,
        logger,
        bounds: (partition) => this.#bounds(partition),
        decode: (message) => this.#decode(message),
        isOurTopic: () => this.#isOurTopic(),
        onDelivery: (partition, reason) => this.#health.report(`partition ${partition}`, reason),
        onWrongLog: (partition) => void this.#wrongLog(partition),
      },
    });
    this.#subscriptions.add(group);
    return Promise.resolve(group);
  }

  async endOffsets(): Promise<readonly number[]> {
    const ends = Array.from({ length: this.partitions }, () => 0);
    for (const { partition, high } of await this.#offsets())
      if (partition < ends.length) ends[partition] = Number(high);
    return ends;
  }

  /** Does nothing, because the topic's own retention deletes records. */
  forget(): Promise<number> {
    return Promise.resolve(0);
  }

  /** Ok while appending and reading work, otherwise the reason. */
  health(): Health {
    const { error } = this.#fatal;
    return error === undefined ? this.#health.health() : healthOf(error.message);
  }

  /** Stops every subscription and disconnects. It takes at most ten seconds, also while the brokers are unreachable. */
  async close(): Promise<void> {
    clearInterval(this.#identityChecks);
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.stop()));
    await atMost(1000, Promise.all([this.#appender.close(), this.#parts.admin.close()]));
  }

  #offsets(): ReturnType<Admin["fetchTopicOffsets"]> {
    return this.#parts.admin.use((admin) => admin.fetchTopicOffsets(this.#parts.topic));
  }

  async #bounds(partition: number): Promise<{ readonly low: number; readonly high: number }> {
    const found = (await this.#offsets()).find((entry) => entry.partition === partition);
    if (found === undefined) throw new Error(`partition ${partition} is unknown to the brokers`);
    return { low: Number(found.low), high: Number(found.high) };
  }

  async #isOurTopic(): Promise<boolean> {
    const { admin, topic } = this.#parts;
    const found = await admin.use((client) => readIdentity(client, topic));
    return found?.streamId === this.streamId;
  }

  #decode({ headers, value, timestamp }: KafkaMessage): LogEntry["record"] | undefined {
    const mark = headers?.[streamHeader];
    if (mark === undefined || value === null) {
      return { kind: "unreadable", error: "it has no stream id: another program wrote it" };
    }
    if (String(mark) !== this.streamId) return undefined;
    return boundedTick(decodeRecord(value), this.#parts.clock.at(Number(timestamp)));
  }

  async #wrongLog(partition: number): Promise<void> {
    await this.#checkIdentity();
    this.#fatal.stop(truncated(this.#parts.topic, partition));
  }

  async #checkIdentity(): Promise<void> {
    const { admin, topic, logger } = this.#parts;
    try {
      const found = await admin.use((client) => readIdentity(client, topic));
      this.#health.report("topic", found === undefined ? `topic ${topic} is gone` : undefined);
      if (found === undefined) return;
      if (found.streamId !== this.streamId) this.#fatal.stop(recreated(topic));
      this.#appender.limitBatches(found.maxMessageBytes);
    } catch (error) {
      // The brokers are unreachable. The appender and the consumer report that.
      logger.debug({ err: error }, "reading the stream id failed");
    }
  }
}
