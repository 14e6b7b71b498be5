/**
 * Appends records to the topic, durably and in order. Reading is not here.
 *
 *     append(records) ──► a produce call for each partition, acknowledged by all replicas ──► resolves
 *
 * # Why the producer is not idempotent
 *
 * kafkajs's idempotent producer loses a batch silently. When a call fails that the broker had in fact appended, kafkajs
 * takes the sequence number back. The broker then acknowledges the next batch as a duplicate without storing it.
 *
 * # Failure handling
 *
 * A produce call covers one partition, and one call a partition is in flight. After any failure the producer is
 * discarded, and the caller appends the same records again. What is stored twice, detection drops by position.
 */
import { type Kafka, Partitioners, type Producer } from "kafkajs";
import { describeError, messageOf } from "../../errors.ts";
import type { StreamRecord } from "../record.ts";
import type { RecordSink } from "../record-sink.ts";
import { ReconnectingClient } from "./client.ts";
import { brokerErrorType, KafkaStreamError } from "./errors.ts";
import type { KafkaMetrics } from "./metrics.ts";
import { planSends, type Send } from "./sends.ts";
import type { StreamHealth } from "./stream-health.ts";

interface AppenderOptions {
  readonly topic: string;
  readonly partitions: number;
  readonly streamId: string;
  readonly maxMessageBytes: number;
  readonly health: StreamHealth;
  readonly metrics: KafkaMetrics;
}

/** The sink on Kafka, see the top of this file. */
export class KafkaAppender implements RecordSink {
  readonly #options: AppenderOptions;
  readonly #producer: ReconnectingClient<Producer>;
  #tail: Promise<void> = Promise.resolve();

  constructor(kafka: Kafka, options: AppenderOptions) {
    this.#options = options;
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
   * @throws KafkaStreamError DW_STREAM_APPEND_FAILED (try again), DW_STREAM_RECORD_TOO_LARGE (do not),
   * DW_STREAM_RECREATED or DW_STREAM_TRUNCATED once the stream is broken
   */
  append(records: readonly StreamRecord[]): Promise<void> {
    // One call after the other, so that the records of two callers keep their order through retries.
    const mine = this.#tail.then(() => this.#append(records));
    this.#tail = mine.catch(() => undefined);
    return mine;
  }

  close(): Promise<void> {
    return this.#producer.close();
  }

  async #append(records: readonly StreamRecord[]): Promise<void> {
    const { health } = this.#options;
    health.assertWhole();
    const sends = planSends(records, this.#options);
    if (sends.size === 0) return;
    try {
      await this.#use(sends);
      health.report("append", undefined);
    } catch (error) {
      const failure = this.#failed(error, records);
      health.report("append", describeError(failure));
      throw failure;
    }
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
      // No broker was reached. Count one failed call for each partition, so that the metric shows the outage.
      if (!connected) {
        metrics.count("sends", sends.size);
        metrics.count("send_failures", sends.size);
      }
      throw error;
    }
  }

  /** Waits for every partition before it rejects, so that no call of this attempt is in flight during the next. */
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

  #failed(error: unknown, records: readonly StreamRecord[]): KafkaStreamError {
    const { topic } = this.#options;
    if (brokerErrorType(error) === "MESSAGE_TOO_LARGE") {
      const models = new Set(records.map((record) => ("model" in record ? record.model : "")));
      const named = [...models].filter((model) => model !== "").slice(0, 5);
      return new KafkaStreamError(
        "DW_STREAM_RECORD_TOO_LARGE",
        `topic ${topic} refuses a batch with records of ${named.join(", ")} as too large`,
        {
          hint: "Set max.message.bytes of the topic back to 1048588 or more; its limit was lowered after Driftwarden started.",
          cause: error,
        },
      );
    }
    return new KafkaStreamError(
      "DW_STREAM_APPEND_FAILED",
      `appending to topic ${topic}: ${messageOf(error)}`,
      {
        hint: "Check that the brokers are up and that this user may write to the topic; nothing is lost, the records are sent again.",
        retryable: true,
        cause: error,
      },
    );
  }
}
