/** The port through which detection reads the stream. */
import type { DriftwardenError } from "../errors.ts";
import type { StreamRecord } from "./record.ts";

export interface LogEntry {
  readonly offset: number;
  /** The record, or why it could not be decoded (a poison record, quarantined by the worker). */
  readonly record:
    | StreamRecord
    | { readonly kind: "unreadable"; readonly error: string }
    /** Reading stops before this record, with this error, until a newer program has the partition. */
    | { readonly kind: "newer"; readonly refusal: DriftwardenError };
}

/**
 * What a reader of the log provides. For one partition the log never calls `assigned` and `received` at the same time.
 * `revoked` may come while one of them is at work.
 */
export interface PartitionReader {
  /** Claims the partition and loads its state. Resolves with the offset to read from. */
  assigned(partition: number): Promise<number>;
  /** Takes entries in offset order. The next ones come after the call resolves; after a rejection the same ones. */
  received(partition: number, entries: readonly LogEntry[]): Promise<void>;
  /** Forgets the partition at once, synchronously: it is no longer ours. */
  revoked(partition: number): void;
}

export interface Subscription {
  /** Stops delivering, waits for the batch in work, releases the partitions. */
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
   * Deletes the records of a partition that nobody reads again.
   *
   * @param belowOffset the oldest offset that is still needed
   * @returns how many records were deleted; 0 where the stream deletes by its own retention
   */
  forget(partition: number, belowOffset: number): Promise<number>;
}
