/** The port through which detection reads the stream. */
import type { DriftwardenError } from "../errors.ts";
import type { StreamRecord } from "./record.ts";

export interface LogEntry {
  readonly offset: number;
  /** The record, or why it could not be decoded (a poison record, quarantined by the worker). */
  readonly record:
    | StreamRecord
    | { readonly kind: "unreadable"; readonly error: string }
    /** Reading stops before this record with this error, until a newer program claims the partition. */
    | { readonly kind: "newer"; readonly refusal: DriftwardenError };
}

/**
 * A reader of the log. For one partition the log never calls `assigned` and `received` at the same time. `revoked` may
 * be called while one of them runs.
 */
export interface PartitionReader {
  /** Claims the partition and loads its state. Resolves with the offset to read from. */
  assigned(partition: number): Promise<number>;
  /**
   * Processes entries in offset order. After the call resolves, the next entries follow. After a rejection the same
   * ones follow.
   */
  received(partition: number, entries: readonly LogEntry[]): Promise<void>;
  /** Drops the state of the partition at once and synchronously, because this process no longer holds the partition. */
  revoked(partition: number): void;
}

export interface Subscription {
  /** Stops delivering, waits for the present batch, and releases the partitions. */
  stop(): Promise<void>;
}

export interface RecordLog {
  readonly partitions: number;
  /** Identifies the stream. A stream that was deleted and created again has another id. */
  readonly streamId: string;
  subscribe(reader: PartitionReader): Promise<Subscription>;
  /** Offset after the newest record of each partition, for the lag. */
  endOffsets(): Promise<readonly number[]>;
  /**
   * Deletes the records of a partition below an offset, because nobody reads them again.
   *
   * @param belowOffset the oldest offset that is still needed
   * @returns how many records were deleted; 0 if the stream deletes records by its own retention
   */
  forget(partition: number, belowOffset: number): Promise<number>;
}
