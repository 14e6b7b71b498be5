/**
 * Appends records to the topic, durably and in order.
 *
 *     append(records) ──► a produce call for each partition, acknowledged by all replicas ──► resolves
 *
 * # Why the producer is not idempotent
 *
 * kafkajs's idempotent producer loses a batch silently. When a call fails although the broker has appended its batch,
 * kafkajs takes the sequence number back. The broker then acknowledges the next batch as a duplicate without storing
 * it.
 *
 * # Failure handling
 *
 * A produce call covers one partition. Each partition has at most one call in flight. After any failure the producer is
 * discarded, and the caller appends the same records again. Detection drops repeated records by position. A row that is
 * too large for the topic is set aside, counted and logged. Otherwise it would be sent again and again, and its source
 * would stop.
 */

import { type Kafka, Partitioners, type Producer } from "kafkajs";
import type { Logger } from "pino";
import { describeError, messageOf } from "../../errors.ts";
import type { StreamRecord } from "../record.ts";
import type { RecordSink } from "../record-sink.ts";
import type { StreamHealth } from "../stream-health.ts";
import { ReconnectingClient } from "./client.ts";
import { brokerErrorType, KafkaStreamError } from "./errors.ts";
import type { FatalStop } from "./fatal-stop.ts";
import type { KafkaMetrics } from "./metrics.ts";
import { planSends, type Send } from "./sends.ts";

/** The limit of a batch is never lowered below this. */
const leastBatchBytes = 2000;

interface AppenderOptions {
  readonly topic: string;
  readonly partitions: number;
  readonly streamId: string;
  readonly maxMessageBytes: number;
  readonly health: StreamHealth;
  readonly fatal: FatalStop;
  readonly metrics: KafkaMetrics;
  readonly logger: Logger;
}

interface TooLarge {
  readonly problem: KafkaStreamError;
  readonly rows: number;
}

/** The sink on Kafka, see the top of this file. */
export class KafkaAppender implements RecordSink {
  readonly #options: AppenderOptions;
  readonly #producer: ReconnectingClient<Producer>;
  /** Limit of one batch, bytes. It is halved when the brokers refuse a batch as too large, see `limitBatches`. */
  #maxMessageBytes: number;
  #tail: Promise<void> = Promise.resolve();

  constructor(kafka: Kafka, options: AppenderOptions) {
    this.#options = options;
    this.#maxMessageBytes = options.maxMessageBytes;
    this.#producer = new ReconnectingClient(() =>
      kafka.producer({
        idempotent: false,
        allowAutoTopicCreation: false,
        createPartitioner: Partitioners.DefaultPartitioner,
        metadataMaxAge: 60_000,
      }),
    );
  }

  /**
   * @throws KafkaStreamError DW_STREAM_APPEND_FAILED (try again), DW_STREAM_RECORD_TOO_LARGE (do not try again),
   *   DW_STREAM_RECREATED or DW_STREAM_TRUNCATED once the stream has stopped
   */
  append(records: readonly StreamRecord[]): Promise<number> {
    // Calls run one after the other, so the records of two callers keep their order through retries.
    const mine = this.#tail.then(() => this.#append(records));
    this.#tail = mine.then(
      () => undefined,
      () => undefined,
    );
    return mine;
  }

  /** Sets the present limit of the topic. It replaces a limit that was lowered after refusals. */
  limitBatches(maxMessageBytes: number): void {
    this.#maxMessageBytes = maxMessageBytes;
  }

  close(): Promise<void> {
    return this.#producer.close();
  }

  async #append(records: readonly StreamRecord[]): Promise<number> {
    const { health, fatal } = this.#options;
    fatal.assertRunning();
    const tooLarge: TooLarge[] = [];
    const maxMessageBytes = this.#maxMessageBytes;
    const sends = planSends(records, {
      ...this.#options,
      maxMessageBytes,
      onTooLarge: (problem, rows) => void tooLarge.push({ problem, rows }),
    });
    try {
      if (sends.size > 0) await this.#use(sends);
    } catch (error) {
      if (this.#lowersLimit(error, maxMessageBytes)) return await this.#append(records);
      const failure = this.#failed(error);
      health.report("append", describeError(failure));
      throw failure;
    }
    health.report("append", undefined);
    return this.#setAside(tooLarge);
  }

  async #use(sends: ReadonlyMap<number, readonly Send[]>): Promise<void> {
    const { metrics } = this.#options;
    let connected = false;
    try {
      await this.#producer.use((producer) => {
        connected = true;
        return this.#sendAll(producer, sends);
      });
    } catch (error) {
      // No broker was reached. One failed call is counted for each partition, so the metric shows the outage.
      if (!connected) {
        metrics.count("sends", sends.size);
        metrics.count("send_failures", sends.size);
      }
      throw error;
    }
  }

  /** Waits for every partition before it rejects. So no call of this attempt is in flight during the next one. */
  async #sendAll(producer: Producer, sends: ReadonlyMap<number, readonly Send[]>): Promise<void> {
    const results = await Promise.allSettled(
      [...sends.values()].map(async (calls) => {
        for (const messages of calls) await this.#send(producer, messages);
      }),
    );
    const rejected = results.find((result) => result.status === "rejected");
    if (rejected !== undefined) throw rejected.reason;
  }

  async #send(producer: Producer, messages: Send): Promise<void> {
    const { metrics, topic } = this.#options;
    metrics.count("sends");
    try {
      await producer.send({ topic, messages, acks: -1 });
      metrics.count("records_produced", messages.length);
    } catch (error) {
      metrics.count("send_failures");
      throw error;
    }
  }

  /** Counts and logs the rows that were left out, after the other records are stored. @returns how many rows */
  #setAside(tooLarge: readonly TooLarge[]): number {
    for (const { problem } of tooLarge) {
      this.#options.metrics.count("records_set_aside");
      this.#options.logger.error({ err: problem, hint: problem.hint }, "record set aside");
    }
    return tooLarge.reduce((sum, { rows }) => sum + rows, 0);
  }

  /**
   * Halves the limit of the refused call, because the topic's limit may have been lowered.
   *
   * @returns false when that cannot help
   */
  #lowersLimit(error: unknown, used: number): boolean {
    if (brokerErrorType(error) !== "MESSAGE_TOO_LARGE" || used <= leastBatchBytes) return false;
    const bytes = Math.min(this.#maxMessageBytes, Math.max(leastBatchBytes, used >> 1));
    this.#maxMessageBytes = bytes;
    this.#options.logger.warn({ bytes }, "topic refuses a batch; smaller ones are sent");
    return true;
  }

  #failed(error: unknown): KafkaStreamError {
    return new KafkaStreamError(
      "DW_STREAM_APPEND_FAILED",
      `appending to topic ${this.#options.topic}: ${messageOf(error)}`,
      {
        hint: "Check that the brokers are up and that this user may write to the topic; nothing is lost, the records are sent again.",
        retryable: true,
        cause: error,
      },
    );
  }
}
