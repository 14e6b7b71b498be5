/**
 * The stream without Kafka: a log in the store, for one process or a few.
 *
 * Records are appended in one transaction. The processes that hold the partitions read them (log-subscription.ts).
 * A record is deleted once every change that it made is in a saved state.
 */

import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import type { Health } from "../../health.ts";
import { appendToLog, type NewLogRecord } from "../../store/log/append.ts";
import { createLog, type StoredLog } from "../../store/log/log.ts";
import { logEnds, readLog, trimLog } from "../../store/log/read.ts";
import type { Store } from "../../store/store.ts";
import { decodeRecord, encodeRecord } from "../codec.ts";
import { partitionOf } from "../partition.ts";
import type { StreamRecord } from "../record.ts";
import type { LogEntry, PartitionReader, RecordLog, Subscription } from "../record-log.ts";
import type { RecordSink } from "../record-sink.ts";
import { StreamHealth } from "../stream-health.ts";
import { PostgresLogError } from "./errors.ts";
import { LogSubscription } from "./log-subscription.ts";
import type { PostgresLogMetrics } from "./metrics.ts";
import { OutageLog } from "./outage-log.ts";

export interface PostgresLogOptions {
  readonly store: Store;
  /** Name of the log. It is created if it does not exist. */
  readonly name: string;
  /** Number of partitions, ≥ 1. It is fixed when the log is created. */
  readonly partitions: number;
  /** Unique per process and start. */
  readonly owner: string;
  /** A process that does not renew its leases for this time loses its partitions, ms. */
  readonly leaseMs: number;
  /** How often to read records when no notification arrives, ms. Default 1000. */
  readonly pollMs?: number;
  readonly logger: Logger;
  readonly metrics: PostgresLogMetrics;
}

const batchRecords = 500;
const batchBytes = 2_000_000;
const trimRecords = 10_000;

/**
 * @throws PostgresLogError DW_STREAM_PARTITIONS when the log has another number of partitions; StoreError
 */
export async function openPostgresLog(options: PostgresLogOptions): Promise<PostgresLog> {
  const { store, name, partitions } = options;
  const wanted = { id: randomUUID(), partitions };
  const stored = await store.transaction((tx) => createLog(tx, name, wanted));
  if (stored.partitions !== partitions) {
    throw new PostgresLogError(
      "DW_STREAM_PARTITIONS",
      `stream ${name} has ${stored.partitions} partitions, the configuration says ${partitions}`,
      {
        hint: `Set stream.partitions to ${stored.partitions}: the number is fixed when the stream is created, because another one would move models to other partitions. To change it, give the store a new schema.`,
      },
    );
  }
  return new PostgresLog(options, stored);
}

export class PostgresLog implements RecordSink, RecordLog {
  readonly partitions: number;
  readonly streamId: string;
  readonly #options: PostgresLogOptions;
  readonly #health = new StreamHealth();
  readonly #outages: OutageLog;
  readonly #subscriptions: LogSubscription[] = [];

  constructor(options: PostgresLogOptions, stored: StoredLog) {
    this.#options = options;
    this.#outages = new OutageLog({ logger: options.logger, health: this.#health });
    this.partitions = stored.partitions;
    this.streamId = stored.id;
    options.metrics.showLag(() => this.#lags());
  }

  /**
   * Appends all records or none, in one transaction.
   *
   * @returns always 0: the log sets no row aside
   * @throws StoreError. With DW_STORE_COMMIT_UNKNOWN the records may have been appended.
   */
  async append(records: readonly StreamRecord[]): Promise<number> {
    if (records.length === 0) return 0;
    const { store, metrics } = this.#options;
    const placed = records.flatMap((record) => this.#place(record));
    metrics.count("appends");
    try {
      const stands = await store.transaction((tx) => appendToLog(tx, this.streamId, placed));
      if (!stands) throw this.#gone();
    } catch (error) {
      metrics.count("append_failures");
      this.#outages.report("append", error);
      throw error;
    }
    this.#outages.report("append", undefined);
    metrics.count("appended_records", placed.length);
    return 0;
  }

  /** Takes a share of the partitions and reads them in the background, until the subscription is stopped. */
  subscribe(reader: PartitionReader): Promise<Subscription> {
    const subscription = new LogSubscription({
      pollMs: 1_000,
      ...this.#options,
      streamId: this.streamId,
      partitions: this.partitions,
      reader,
      read: (partition, fromOffset) => this.#read(partition, fromOffset),
      report: (part, error) => this.#outages.report(part, error),
    });
    this.#subscriptions.push(subscription);
    return Promise.resolve(subscription);
  }

  async endOffsets(): Promise<readonly number[]> {
    const ends = await logEnds(this.#options.store, this.streamId);
    if (ends.length === 0) throw this.#gone();
    return ends;
  }

  /** Deletes records below the offset, in small batches. */
  async forget(partition: number, belowOffset: number): Promise<number> {
    const place = { stream: this.streamId, partition };
    for (let total = 0; ; ) {
      const gone = await trimLog(this.#options.store, place, { belowOffset, limit: trimRecords });
      total += gone;
      if (gone < trimRecords) return total;
    }
  }

  /** Ok while appending and reading work, otherwise the reason. */
  health(): Health {
    return this.#health.health();
  }

  /** Stops every subscription; the store stays open. */
  async close(): Promise<void> {
    await Promise.all(this.#subscriptions.map((subscription) => subscription.stop()));
  }

  /** Partition that this process reads → number of its records that detection has not processed yet. */
  async #lags(): Promise<ReadonlyMap<number, number>> {
    const positions = new Map(this.#subscriptions.flatMap((one) => [...one.positions()]));
    if (positions.size === 0) return positions;
    const ends = await logEnds(this.#options.store, this.streamId);
    const lagOf = (partition: number, next: number): number =>
      Math.max(0, (ends[partition] ?? next) - next);
    return new Map([...positions].map(([place, next]) => [place, lagOf(place, next)]));
  }

  #place(record: StreamRecord): readonly NewLogRecord[] {
    const bytes = encodeRecord(record);
    if (record.kind !== "tick")
      return [{ partition: partitionOf(record.model, this.partitions), bytes }];
    return Array.from({ length: this.partitions }, (_, partition) => ({ partition, bytes }));
  }

  async #read(partition: number, fromOffset: number): Promise<readonly LogEntry[]> {
    const bounds = { fromOffset, maxRecords: batchRecords, maxBytes: batchBytes };
    const records = await readLog(
      this.#options.store,
      { stream: this.streamId, partition },
      bounds,
    );
    return records.map(({ offset, bytes }) => ({ offset, record: decodeRecord(bytes) }));
  }

  #gone(): PostgresLogError {
    return new PostgresLogError(
      "DW_STREAM_GONE",
      `stream ${this.#options.name} was deleted while it was in use`,
      {
        hint: "Restart Driftwarden: it creates a new stream and goes on. Rows that detection had not read from the old one are lost.",
      },
    );
  }
}
